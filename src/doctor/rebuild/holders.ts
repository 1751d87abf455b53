import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { oneLine } from '../../reports/words.ts';

/** A process that has one of the registry's files open. */
export interface Holder {
  readonly pid: number;
  /** Its command line, for people. */
  readonly command: string;
}

/**
 * The processes, other than this one, that have the registry open. A damaged registry cannot be locked through SQLite, so that the kernel is
 * asked: for open files of whom we may look at, for locks of everybody (proc(5), /proc/locks).
 */
export function holdersOf(file: string): Holder[] {
  const files = [file, `${file}-wal`, `${file}-shm`].flatMap((name) => statSync(name, { throwIfNoEntry: false }) ?? []);
  const pids = new Set([...lockers(files), ...openers(files)]);
  pids.delete(process.pid);
  return [...pids].sort((one, other) => one - other).map((pid) => ({ pid, command: commandOf(pid) }));
}

function lockers(files: readonly Stats[]): number[] {
  const places = files.map(({ dev, ino }) => `${hexadecimal(dev >> 8)}:${hexadecimal(dev & 0xff)}:${ino}`);
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .map((line) => /\s(\d+) ([0-9a-f]+:[0-9a-f]+:\d+) /.exec(line))
    .flatMap((match) => (match !== null && places.includes(match[2] ?? '') ? [Number(match[1])] : []));
}

function openers(files: readonly Stats[]): number[] {
  const isOurs = (path: string) => {
    try {
      const { dev, ino } = statSync(path);
      return files.some((file) => file.dev === dev && file.ino === ino);
    } catch {
      // Closed meanwhile, or out of reach even for root.
      return false;
    }
  };
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && descriptorsOf(pid).some(isOurs));
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((descriptor) => `/proc/${pid}/fd/${descriptor}`);
  } catch {
    // It ended, or is another user's: its locks are seen all the same.
    return [];
  }
}

function commandOf(pid: number): string {
  try {
    return oneLine(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
  } catch {
    return 'gone by now';
  }
}

/** As /proc/locks writes the two halves of a device number. */
function hexadecimal(half: number): string {
  return half.toString(16).padStart(2, '0');
}
