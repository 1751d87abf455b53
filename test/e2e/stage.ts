import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import pino from 'pino';
import { parse, stringify } from 'yaml';
import { type Cast, withCast } from '../../sandbox/workspace/cast.ts';
import type { Message } from '../../sandbox/workspace/messages.ts';
import { plainText } from '../../sandbox/workspace/text.ts';
import type { OpenView } from '../../sandbox/workspace/views.ts';
import { openWorkspace, type Workspace } from '../../sandbox/workspace/workspace.ts';
import { openBot } from '../../src/bot/bot.ts';
import type { Actor, KnownAnalyst } from '../../src/capture/analyst.ts';
import type { Engine } from '../../src/capture/door.ts';
import { openEngine } from '../../src/capture/engine.ts';
import type { AuditEntry } from '../../src/capture/orders.ts';
import { sinceBoot } from '../../src/capture/process.ts';
import type { Config } from '../../src/config.ts';
import { openDatabase } from '../../src/database.ts';
import { readConfig } from '../../src/environment.ts';
import { auditOf } from '../capture/sensor.ts';

/** A sensor with a local Slack workspace: a bot in a process of its own, and the same engine at hand to look at what it did. */
export interface Stage extends Cast {
  readonly workspace: Workspace;
  readonly directory: string;
  readonly ring: string;
  readonly engine: Engine;
  /** What this process may look at: nobody's order. */
  readonly lead: Actor;
  /** Starts the bot in this process; resolves when it hears Slack. */
  openBot(): Promise<void>;
  /** Starts the bot in a process of its own, which can be killed; resolves when it is ready. */
  startBot(): Promise<BotProcess>;
  /** The same without waiting for it. */
  beginBot(): BotProcess;
  auditLog(): readonly AuditEntry[];
}

export interface BotProcess {
  readonly process: ChildProcess;
  /** Its log so far, a JSON object a line. */
  readonly lines: readonly string[];
  readonly ended: Promise<unknown>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

export interface Setting {
  /** More of the configuration's section reports. */
  readonly reports?: { readonly at: string; readonly timezone: string };
  /** More of its section limits. */
  readonly limits?: { readonly search?: string; readonly perAnalyst?: number };
  /** More of its section slack. */
  readonly slack?: {
    readonly groups?: { readonly viewer?: string; readonly analyst?: string };
    readonly orders?: number;
  };
  /** Its section metrics. */
  readonly metrics?: { readonly port: number };
  /** Its section approval. */
  readonly approval?: Readonly<Record<string, unknown>>;
  /** People beside grant, will and maria. */
  readonly analysts?: readonly (Omit<KnownAnalyst, 'login' | 'slack'> & {
    readonly slack: string;
    readonly login?: string;
  })[];
  /** The clock of a bot in this process, and of its engine; uptime goes along with it. */
  readonly now?: () => number;
}

/** Opens a stage whose captures listen on `lo`; all that it began ends with the test. */
export async function openStage(
  t: Pick<TestContext, 'after'>,
  { reports, limits, slack, metrics, approval, analysts = [], now = Date.now }: Setting = {},
): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-e2e-'));
  const workspace = await openWorkspace({ manifest: manifest() });
  const cast = withCast(workspace);
  const bots: BotProcess[] = [];
  const openBots: (() => Promise<void>)[] = [];
  const ring = join(directory, 'ring');
  const standard = configuration(workspace, cast, { ...(limits && { limits }), ...(slack && { slack }) });
  const configured = { ...standard, analysts: [...standard.analysts, ...analysts] };
  writeFileSync(
    join(directory, 'capture.yml'),
    stringify({
      ...configured,
      ...(reports && { reports }),
      ...(metrics && { metrics }),
      ...(approval && { approval }),
    }),
  );
  const config = await readConfig(join(directory, 'capture.yml'));
  const engine = openEngine({ config, log: pino({ level: 'silent' }), now: Date.now });
  const origin = { door: 'shell', login: 'test', tty: null, remoteHost: null } as const;
  const lead: Actor = { analyst: { name: 'grant', role: 'lead' }, origin, words: 'test' };
  t.after(async () => {
    for (const close of openBots) await close();
    for (const bot of bots) await bot.kill('SIGKILL');
    const logged = bots.flatMap(({ lines }) => lines).join('\n');
    assert.ok(
      ![workspace.botToken, workspace.appToken].some((token) => logged.includes(token)),
      'a token is in the log',
    );
    await engine.reconcile();
    if ((await engine.list({ all: false }, lead)).length > 0) await engine.stop(null, lead);
    await engine.close();
    await workspace.close();
    rmSync(directory, { recursive: true });
  });
  return {
    ...cast,
    workspace,
    directory,
    ring,
    engine,
    lead,
    auditLog: () => auditOf({ config }),
    async openBot() {
      openBots.push(await botHere(workspace, config, now));
    },
    async startBot() {
      const bot = spawnBot(workspace, directory);
      bots.push(bot);
      await bot.ready;
      return bot;
    },
    beginBot() {
      const bot = spawnBot(workspace, directory);
      // Whoever does not wait for it does not mind that it never was.
      bot.ready.catch(() => undefined);
      bots.push(bot);
      return bot;
    },
  };
}

/** Waits until the channel shows a message whose text matches. */
export function messageIn(stage: Stage, channel: { readonly id: string }, text: RegExp): Promise<Message> {
  const shown = () => stage.workspace.messagesIn(channel.id).find((message) => text.test(message.text));
  return stage.workspace.until(shown, { timeoutMs: 20_000, what: `${text} in ${channel.id}` });
}

/** Waits until a message's thread shows a reply whose text matches. */
export function replyTo(stage: Stage, message: Message, text: RegExp): Promise<Message> {
  const shown = () => stage.workspace.threadOf(message.channel, message.ts).find((reply) => text.test(reply.text));
  return stage.workspace.until(shown, { timeoutMs: 20_000, what: `${text} under ${message.text}` });
}

/** Waits until only this person is shown something that matches. */
export function shownTo(stage: Stage, user: { readonly id: string }, text: RegExp) {
  const shown = () => stage.workspace.ephemeralsFor(user.id).find((ephemeral) => text.test(ephemeral.text));
  return stage.workspace.until(shown, { timeoutMs: 20_000, what: `${text} for ${user.id}` });
}

/** Waits until somebody has a form for a capture in front of them. */
export function formOf({ workspace }: Stage, who: { readonly id: string }): Promise<OpenView> {
  const open = () => workspace.viewsFor(who.id).find(({ callbackId }) => callbackId === 'capture_form');
  return workspace.until(open, { timeoutMs: 20_000, what: `a form for ${who.id}` });
}

/** Waits until somebody's Home shows what matches; gives it as it is then. */
export function homeOf({ workspace }: Stage, who: { readonly id: string }, words: RegExp): Promise<OpenView> {
  const matching = () => {
    const home = workspace.homeOf(who.id);
    return home !== undefined && words.test(plainText(home, workspace.nameOf)) ? home : undefined;
  };
  return workspace.until(matching, { timeoutMs: 20_000, what: `${words} in the Home of ${who.id}` });
}

/** Waits until somebody has a modal in front of them that shows what matches. */
export function modalOf({ workspace }: Stage, who: { readonly id: string }, words: RegExp): Promise<OpenView> {
  const shown = () => workspace.viewsFor(who.id).findLast((view) => words.test(plainText(view, workspace.nameOf)));
  return workspace.until(shown, { timeoutMs: 20_000, what: `${words} in a modal of ${who.id}` });
}

/** Waits until a view shows something that matches, beside its fields or in them. */
export function seenIn({ workspace }: Stage, view: OpenView, words: RegExp): Promise<string> {
  const seen = () => JSON.stringify([view.errors, view.title, view.blocks]);
  const matching = () => (words.test(seen()) ? seen() : undefined);
  return workspace.until(matching, { timeoutMs: 20_000, what: `${words} in ${seen()}` });
}

/** Sends so many datagrams to a port on loopback; resolves when the kernel has them. */
export async function sendDatagrams(port: number, count: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let sent = 0; sent < count; sent += 1) {
    await new Promise<void>((resolve, reject) => {
      socket.send(`datagram ${sent}`, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }
  socket.close();
}

/** A bot with an engine of its own; resolves with what ends both. */
async function botHere(workspace: Workspace, config: Config, now: () => number): Promise<() => Promise<void>> {
  const log = pino({ level: 'silent' });
  const uptime = () => sinceBoot() + now() - Date.now();
  const engine = openEngine({ config, log, now, uptime });
  const database = openDatabase(config.state);
  const secrets = { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
  const onLost = (why: unknown) => assert.fail(String(why));
  const bot = await openBot({ config, secrets, engine, database, log, now, onLost });
  await bot.heard;
  return async () => {
    await bot.close(10_000);
    await engine.close();
    database.close();
  };
}

function spawnBot(workspace: Workspace, directory: string): BotProcess & { readonly ready: Promise<void> } {
  const main = new URL('../../src/bot/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, '--config', join(directory, 'capture.yml')], {
    env: {
      PATH: process.env.PATH,
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_APP_TOKEN: workspace.appToken,
      SLACK_API_URL: workspace.apiUrl,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  const said = createInterface({ input: child.stdout });
  const ready = new Promise<void>((resolve, reject) => {
    said.on('line', (line) => {
      lines.push(line);
      if (line.includes('capture bot ready')) resolve();
    });
    ended.then(() => reject(new Error(`the bot ended before it was ready:\n${lines.join('\n')}`)));
  });
  return {
    process: child,
    lines,
    ready,
    ended,
    async kill(signal) {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

function manifest(): unknown {
  return parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));
}

function configuration(workspace: Workspace, cast: Cast, { limits, slack }: Pick<Setting, 'limits' | 'slack'>) {
  return {
    sensor: 'dmz-1',
    state: 'state',
    captures: 'captures',
    interfaces: ['lo'],
    limits: { freeSpace: '1MB', ...limits },
    rings: [{ name: 'dmz', path: 'ring', interface: 'lo' }],
    analysts: [
      { name: 'grant', role: 'lead', slack: cast.grant.id },
      { name: 'will', role: 'analyst', slack: [cast.will.id, cast.guest.id], login: 'will' },
      { name: 'maria', role: 'viewer', slack: cast.maria.id },
    ],
    slack: {
      team: workspace.teamId,
      channels: [cast.soc.id, cast.elsewhere.id, cast.partners.id, cast.secret.id],
      digest: cast.digest.id,
      // People at a keyboard are slower than tests.
      orders: 100_000,
      ...slack,
    },
  };
}
