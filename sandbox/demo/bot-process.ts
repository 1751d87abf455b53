import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Workspace } from '../workspace/workspace.ts';

const main = fileURLToPath(new URL('../../src/bot/main.ts', import.meta.url));
/** The bot gives itself ten seconds to end. */
const patience = 15_000;

export type BotParts = { configuration: string; workspace: Workspace; log: string; environment: NodeJS.ProcessEnv };

/** Starts the real bot as a process of its own and resolves when it hears the workspace; throws with its last words when it does not. */
export async function startBot({ configuration, workspace, log, environment }: BotParts): Promise<BotProcess> {
  const words = openSync(log, 'a');
  // The kernel ends it with the demo, however that ends; a session of its own keeps the terminal's Ctrl-C from it.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, main], {
    stdio: ['ignore', words, words],
    detached: true,
    env: {
      ...environment,
      CAPTURE_CONFIG: configuration,
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_APP_TOKEN: workspace.appToken,
      SLACK_API_URL: workspace.apiUrl,
    },
  });
  closeSync(words);
  const bot = new BotProcess(child, workspace);
  const heard = workspace.until(() => workspace.connections() > 0, { timeoutMs: 60_000, what: 'the bot to connect' });
  const first = await Promise.race([heard.then(() => 'heard' as const), bot.ended]);
  if (first === 'heard') return bot;
  // It waits on for a connection that nobody makes any more.
  heard.catch(() => {});
  throw new Error(`the bot ended (${first}) before it heard Slack: ${await lastLine(log)}`);
}

/** A running bot. */
export class BotProcess {
  readonly #child: ChildProcess;
  readonly #workspace: Workspace;
  /** Resolves when it has ended, with how: `exit code 0`, `SIGKILL`. */
  readonly ended: Promise<string>;

  constructor(child: ChildProcess, workspace: Workspace) {
    this.#child = child;
    this.#workspace = workspace;
    this.ended = endOf(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Tells it to stop, as a supervisor would: TERM, and KILL to one that does not. */
  async stop(): Promise<string> {
    this.#child.kill('SIGTERM');
    const tooLate = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    const how = await this.ended;
    clearTimeout(tooLate);
    return how;
  }

  /** Kills it without a word; resolves when the workspace has noticed. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
    await this.#workspace.until(() => this.#workspace.connections() === 0, { what: 'the connections to end' });
  }
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit');
    return signal === null ? `exit code ${code}` : String(signal);
  } catch (error) {
    return String(error); // it never started
  }
}

async function lastLine(log: string): Promise<string> {
  return (await readFile(log, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
}
