import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Counts } from './capture.ts';
import { CaptureError } from './errors.ts';
import { runTool } from './tool.ts';

/** The word for an expression that matches every packet; libpcap knows it as no expression at all. */
export const everything = 'everything';

/**
 * The kernel hands packets over in blocks, at the latest a second after the first of a block came (TPACKET_V3; tcpdump asks for
 * 1000 ms). Milliseconds.
 */
export const lastBlock = 1_100;

/** What a live capture needs of tcpdump. */
export interface LiveArguments {
  readonly interface: string;
  readonly snaplen: number;
  /** Kernel buffer, bytes. */
  readonly buffer: number;
  readonly savefile: string;
  readonly expression: string;
  /** It ends by itself after so many; null is without limit. */
  readonly packets: number | null;
}

/**
 * Starts a tcpdump of its own session that outlives us. It holds `stderr` open itself: its closing counts arrive although nobody
 * reads them. Resolves with its pid once it is spawned.
 * @throws CaptureError `tool_failed` when there is no tcpdump to start
 */
export async function spawnLive(order: LiveArguments, stderr: number): Promise<number> {
  // -U: each packet is in the file soon; -nn: no look-ups. Everything after -- is expression, whatever it looks like.
  const packets = order.packets === null ? [] : ['-c', String(order.packets)];
  const args = [
    '-nn',
    '-U',
    ...packets,
    '-i',
    order.interface,
    '-s',
    String(order.snaplen),
    '-B',
    String(Math.ceil(order.buffer / 1024)),
  ];
  // Not through execa: nothing of this process may stand between the child and its files.
  const child = spawn('tcpdump', [...args, '-w', order.savefile, ...expressionArguments(order.expression)], {
    stdio: ['ignore', 'ignore', stderr],
    detached: true,
  });
  child.unref();
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new CaptureError(
      'tool_failed',
      'tcpdump could not be started: is it installed? (Debian: apt install tcpdump)',
      {
        cause,
      },
    );
  }
  if (child.pid === undefined) throw new Error('a spawned process has no pid');
  return child.pid;
}

/**
 * A tcpdump that filters a pcap stream from its stdin to its stdout; in an object, since whoever awaits it alone awaits its end. However
 * we end, its stdin then does, and so it does.
 */
export async function spawnFilter(expression: string, precision: 'microseconds' | 'nanoseconds') {
  // Without --nano tcpdump cuts nanoseconds off without a word.
  const nano = precision === 'nanoseconds' ? ['--nano'] : [];
  const { execa } = await import('execa');
  const tcpdump = execa('tcpdump', ['-nn', ...nano, '-r', '-', '-w', '-', ...expressionArguments(expression)], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: { stdout: false },
    maxBuffer: 64 * 1024,
    reject: false,
    // A terminal's Ctrl-C is for us: tcpdump would stop in the middle of what it was given, and call that a read error of the file's.
    detached: true,
  });
  return { tcpdump };
}

/** The closing counts in tcpdump's words; null where it had no time to say them. */
export function closingCounts(stderr: string): Counts | null {
  const number = (words: string): number | null => {
    const found = [...stderr.matchAll(new RegExp(`^(\\d+) packets? ${words}`, 'gm'))].at(-1);
    return found === undefined ? null : Number(found[1]);
  };
  const counts = {
    captured: number('captured'),
    receivedByFilter: number('received by filter'),
    droppedByKernel: number('dropped by kernel'),
  };
  return counts.captured === null ? null : counts;
}

/** The newest counts that a running tcpdump said on SIGUSR1; null where nobody asked it. */
export function runningCounts(stderr: string): Counts | null {
  const said = [...stderr.matchAll(new RegExp(runningCountsLine, 'gm'))].at(-1);
  if (said === undefined) return null;
  return { captured: Number(said[1]), receivedByFilter: Number(said[2]), droppedByKernel: Number(said[3]) };
}

const runningCountsLine =
  '^tcpdump: (\\d+) packets? captured, (\\d+) packets? received by filter, (\\d+) packets? dropped by kernel';

/** Whether tcpdump has said that it captures. */
export function isListening(stderr: string): boolean {
  return /^tcpdump: listening on /m.test(stderr);
}

/** The last complaint in tcpdump's words, without its name; undefined when it has none. */
export function complaint(stderr: string): string | undefined {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('tcpdump: ') && !line.startsWith('tcpdump: listening on '))
    .filter((line) => !new RegExp(runningCountsLine).test(line))
    .at(-1)
    ?.replace(/^tcpdump: (?:pcap_loop: )?/, '')
    .trim();
}

/** For so many milliseconds nobody installs another tcpdump unnoticed. */
const versionsHold = 60_000;
let versions: { readonly asked: number; readonly said: Promise<string[]> } | undefined;

/** The versions of tcpdump and libpcap here, in their own words, for the record; those of a minute ago at most. */
export function toolVersions(): Promise<string[]> {
  if (versions === undefined || performance.now() - versions.asked > versionsHold)
    versions = { asked: performance.now(), said: askVersions() };
  return versions.said;
}

async function askVersions(): Promise<string[]> {
  const { stdout, stderr } = await runTool('tcpdump', ['--version']);
  return `${stdout}\n${stderr}`.split('\n').filter((line) => /^(tcpdump|libpcap) version/.test(line));
}

/** What tells tcpdump an expression: none for `everything`; else one argument behind `--`, whatever it looks like. */
export function expressionArguments(expression: string): string[] {
  return expression === everything ? [] : ['--', expression];
}
