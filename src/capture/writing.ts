import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type ProcessToken, tokenOf } from './process.ts';
import { everything } from './tcpdump.ts';

/** A running tcpdump that writes a savefile, as its own arguments tell. */
export interface WritingTcpdump {
  readonly tcpdump: ProcessToken;
  /** Without directory. */
  readonly savefile: string;
  readonly interface: string | null;
  readonly snaplen: number | null;
  readonly packets: number | null;
  readonly expression: string;
  /** Where its words go, without directory; null where that is no file of ours. */
  readonly words: string | null;
}

/** The running tcpdumps that write into a directory: what captures there, whatever any registry says. */
export function tcpdumpsWritingInto(directory: string): WritingTcpdump[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .flatMap((pid) => {
      const [program, ...args] = argumentsOf(pid);
      const savefile = wordAfter(args, '-w');
      if (basename(program ?? '') !== 'tcpdump' || savefile === null || dirname(savefile) !== directory) return [];
      const tcpdump = tokenOf(pid);
      return tcpdump === undefined
        ? []
        : [{ tcpdump, ...told(args), savefile: basename(savefile), words: wordsOf(pid) }];
    });
}

function told(args: readonly string[]): Omit<WritingTcpdump, 'tcpdump' | 'savefile' | 'words'> {
  const number = (flag: string) => {
    const value = wordAfter(args, flag);
    return value === null ? null : Number(value);
  };
  const end = args.indexOf('--');
  return {
    interface: wordAfter(args, '-i'),
    snaplen: number('-s'),
    packets: number('-c'),
    expression: end < 0 ? everything : (args[end + 1] ?? everything),
  };
}

/** The word after a flag; what stands behind `--` is expression, whatever it looks like. */
function wordAfter(args: readonly string[], flag: string): string | null {
  const end = args.indexOf('--');
  const options = end < 0 ? args : args.slice(0, end);
  const at = options.indexOf(flag);
  return at < 0 ? null : (options[at + 1] ?? null);
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0');
  } catch {
    // It ended since the listing.
    return [];
  }
}

function wordsOf(pid: number): string | null {
  try {
    const target = readlinkSync(`/proc/${pid}/fd/2`);
    return target.endsWith('.stderr') ? basename(target) : null;
  } catch {
    // Another user's process: what it writes to is not ours to see.
    return null;
  }
}
