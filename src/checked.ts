import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from './config.ts';

/** What a configuration's text was checked to be. */
interface Checked {
  /** Of the text, where it is, and what checks it. */
  readonly digest: string;
  readonly config: Config;
}

/** What decides what a text comes to. */
const checkers = ['config.ts', 'keys.ts', 'values.ts', 'capture/analyst.ts', 'capture/quantities.ts'];

/**
 * What this process's user has checked a text to be before; undefined where it has not.
 * @param file where the text is, an absolute path
 */
export function checkedBefore(text: string, file: string): Config | undefined {
  // Only where to look: whether what is there was made of this text, its digest says.
  const state = /^state: *([^\s'"]+)$/m.exec(text)?.[1];
  if (state === undefined) return undefined;
  try {
    const { digest, config } = JSON.parse(readOwn(noteIn(resolve(dirname(file), state)))) as Checked;
    return digest === digestOf(text, file) ? config : undefined;
  } catch {
    return undefined;
  }
}

/** Notes in the state directory what a text was checked to be; where that cannot be, the next process checks it again. */
export function noteChecked(text: string, config: Config): void {
  const note = noteIn(config.state);
  const checked: Checked = { digest: digestOf(text, config.file), config };
  const temporary = `${note}.${process.pid}`;
  try {
    removeDead(note);
    writeFileSync(temporary, JSON.stringify(checked), { flag: 'wx', mode: 0o600 });
    renameSync(temporary, note);
  } catch {
    // The directory may not be there yet, or not be ours.
  }
}

/** Removes what processes left that were killed while they wrote a note; one of our own pid is of another that had it before. */
function removeDead(note: string): void {
  const beginning = `${basename(note)}.`;
  for (const name of readdirSync(dirname(note))) {
    const pid = name.startsWith(beginning) ? name.slice(beginning.length) : '';
    const isDead = /^\d+$/.test(pid) && (Number(pid) === process.pid || !existsSync(`/proc/${pid}`));
    if (isDead) rmSync(join(dirname(note), name), { force: true });
  }
}

/** Each user has their own: what another one has written may not be what they checked. */
function noteIn(state: string): string {
  return join(state, `configuration.${process.getuid?.()}.json`);
}

/** @throws Error where the file is not this user's alone to write */
function readOwn(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { uid, mode } = fstatSync(file);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${path} may have been written by another`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function digestOf(text: string, file: string): string {
  const sources = checkers.map((source) => readFileSync(new URL(source, import.meta.url), 'utf8'));
  return createHash('sha256')
    .update(JSON.stringify([file, text, ...sources]))
    .digest('hex');
}
