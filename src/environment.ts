import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CaptureError } from './capture/errors.ts';
import { checkedBefore, noteChecked } from './checked.ts';
import type { Config, SlackConfig } from './config.ts';

/** What Slack's connections need; never printed, never logged. */
export interface SlackSecrets {
  readonly botToken: string;
  readonly appToken: string;
  /** A local workspace's Web API instead of Slack's own. */
  readonly apiUrl: string | null;
}

/** Where a configuration is looked for that nobody names. */
const places = ['capture.yml', '/etc/capture/capture.yml'] as const;

/** Where the configuration is looked for: `given`, else `CAPTURE_CONFIG`, else `./capture.yml`, else `/etc/capture/capture.yml`. */
export function configFile(given: string | undefined): string {
  return resolve(given ?? process.env.CAPTURE_CONFIG ?? places.find((place) => existsSync(place)) ?? places[0]);
}

/**
 * Reads and checks the configuration: `given`, else `CAPTURE_CONFIG`, else `./capture.yml`, else `/etc/capture/capture.yml`.
 * @throws CaptureError `bad_request` naming every mistake with its key and what is expected
 */
export async function readConfig(given: string | undefined): Promise<Config> {
  const file = configFile(given);
  return check(readText(file, given), file);
}

/**
 * The same, as an earlier process has checked it where the text is still the same: most of what a short command takes is what checks it.
 * @throws CaptureError as `readConfig`
 */
export async function recallConfig(given: string | undefined): Promise<Config> {
  const file = configFile(given);
  const text = readText(file, given);
  const known = checkedBefore(text, file);
  if (known !== undefined) return known;
  const config = await check(text, file);
  noteChecked(text, config);
  return config;
}

async function check(text: string, file: string): Promise<Config> {
  const { checkConfig } = await import('./config.ts');
  return checkConfig(text, file);
}

function readText(file: string, given: string | undefined): string {
  try {
    refuseForeign(file);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof CaptureError) throw cause;
    if (existsSync(file)) throw new CaptureError('bad_request', `${file} cannot be read by this user`, { cause });
    throw new CaptureError('bad_request', missing(file, given), { cause });
  }
}

function missing(file: string, given: string | undefined): string {
  const named = given === undefined ? process.env.CAPTURE_CONFIG && 'CAPTURE_CONFIG' : '--config';
  const make = 'capture.example.yml shows what to write into one';
  if (named) return `no configuration at ${file}, which ${named} names: correct that, or make one; ${make}`;
  return `no configuration at ${places.map((place) => resolve(place)).join(' or ')}: make one there, or name one with --config FILE or CAPTURE_CONFIG=FILE; ${make}`;
}

/**
 * Slack's tokens from the environment, else from the 0600 file that `slack.tokens` names.
 * @throws CaptureError `bad_request` when they are missing, misshapen, or the file is readable by others
 */
export function readSlackSecrets(slack: SlackConfig): SlackSecrets {
  const fromFile = slack.tokens === null ? {} : readTokens(slack.tokens);
  const botToken = process.env.SLACK_BOT_TOKEN ?? fromFile.SLACK_BOT_TOKEN;
  const appToken = process.env.SLACK_APP_TOKEN ?? fromFile.SLACK_APP_TOKEN;
  if (!botToken?.startsWith('xoxb-'))
    throw new CaptureError('bad_request', 'SLACK_BOT_TOKEN is not set to a bot token (xoxb-...)');
  if (!appToken?.startsWith('xapp-'))
    throw new CaptureError('bad_request', 'SLACK_APP_TOKEN is not set to an app-level token (xapp-...)');
  return { botToken, appToken, apiUrl: process.env.SLACK_API_URL ?? null };
}

/**
 * The person at the shell as the operating system knows them. `SUDO_USER` counts where root runs us, or the user to whom the registry in
 * `state` belongs: an installation gives that user to nobody but sudo, and who has it could write any name into the registry anyway.
 */
export function readShellIdentity(state: string): {
  readonly login: string | undefined;
  readonly remoteHost: string | null;
} {
  const user = process.getuid?.();
  const trusted = user === 0 || user === statSync(state, { throwIfNoEntry: false })?.uid;
  return {
    login: (trusted && process.env.SUDO_USER) || undefined,
    remoteHost: process.env.SSH_CONNECTION?.split(' ')[0] ?? null,
  };
}

/** Under sudo the configuration says who the person is: it must be root's, not a file of their own. */
function refuseForeign(file: string): void {
  if (process.getuid?.() !== 0 || process.env.SUDO_USER === undefined) return;
  const { uid, mode } = statSync(file);
  if (uid === 0 && (mode & 0o022) === 0) return;
  throw new CaptureError(
    'not_allowed',
    `${file} is not root's alone, and under sudo it says who you are: chown root and chmod go-w`,
  );
}

function readTokens(file: string): Record<string, string | undefined> {
  return Object.fromEntries(
    readPrivate(file)
      .split('\n')
      .flatMap((line) => {
        const at = line.indexOf('=');
        return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()]] : [];
      }),
  );
}

function readPrivate(file: string): string {
  let text: string;
  let mode: number;
  try {
    mode = statSync(file).mode;
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CaptureError('bad_request', `slack.tokens: ${file} cannot be read: make it, with mode 600`, { cause });
  }
  if ((mode & 0o077) !== 0) {
    throw new CaptureError('bad_request', `${file} holds tokens and is open to others: chmod 600 ${file}`);
  }
  return text;
}
