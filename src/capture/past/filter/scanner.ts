import type { Program } from '../../bpf.ts';
import type { Micros, Window } from '../../capture.ts';
import { chunkBytes, longestPacket, type PcapHeader, recordHeaderBytes } from '../../savefile.ts';
import { judge } from './judge.ts';
import { type Run, resultBytes, results, runParameters, scannerModule, stops } from './walk.ts';

/** A program as WebAssembly, for files of any byte order and precision; or why it is left to tcpdump. */
export type Translation =
  | { readonly translatable: true; readonly module: WebAssembly.Module }
  | { readonly translatable: false; readonly why: string };

/** Translates a program. The module can be handed to other threads. */
export function translate(program: Program): Translation {
  const judgement = judge(program);
  if (!judgement.translatable) return judgement;
  return { translatable: true, module: new WebAssembly.Module(scannerModule(judgement.operations)) };
}

/** What of a file is wanted, and how. */
export interface Wanted {
  readonly header: PcapHeader;
  readonly window: Window;
  /** Of the output; never less than the file's. */
  readonly precision: PcapHeader['precision'];
}

/** What one look at the bytes taken came to. */
export interface Scan {
  /** Bytes of whole records that were looked at. */
  readonly consumed: number;
  /** How many of them matched. */
  readonly packets: number;
  /** The times of the earliest and the latest record looked at, of the window or not; null where there was none. */
  readonly earliest: Micros | null;
  readonly latest: Micros | null;
  /** `output full`: drain, and scan again; `damaged`: what follows is no record. */
  readonly stop: 'input read' | 'output full' | 'damaged';
}

export interface Scanner {
  /** Where the next bytes of the file are read to, from its start on; as many at a time as it is long. */
  readonly input: Buffer;
  /** Begins a file, or another place in it, at a record: what was left over is forgotten, what was not drained stays. */
  begin(wanted: Wanted): void;
  /** So many bytes stand in `input` now: scan until they are read before it is filled again. */
  take(bytes: number): void;
  scan(): Scan;
  /** The records that matched since it was drained last, as tcpdump writes them; overwritten by the next scan. */
  drain(): Buffer;
  /** Bytes that `drain` would give. */
  outputBytes(): number;
}

/** What a chunk leaves over is less than a record, and stands before the next. */
const headroom = longestPacket + recordHeaderBytes;
/** Small enough to stay in the processor's cache together with a chunk, large enough for the longest record. */
const outputRoom = 512 * 1024;
const inputAt = resultBytes + headroom;
const outputAt = inputAt + chunkBytes;
const memoryBytes = outputAt + outputRoom;
const pageBytes = 65_536;

/** Opens a scanner, which takes 1.4 MB and holds nothing else open. */
export function openScanner(module: WebAssembly.Module): Scanner {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(memoryBytes / pageBytes) });
  const bytes = Buffer.from(memory.buffer);
  const run = runOf(module, memory);
  let wanted: Omit<Run, 'begin' | 'end' | 'output'> | undefined;
  let begin = inputAt;
  let end = inputAt;
  let output = outputAt;
  return {
    input: bytes.subarray(inputAt, outputAt),
    begin: (file) => {
      wanted = runFor(file);
      begin = inputAt;
      end = inputAt;
    },
    take: (count) => {
      if (end > inputAt) throw new Error('what was taken before is not read yet');
      end = inputAt + count;
    },
    scan: () => {
      if (wanted === undefined) throw new Error('no file was begun');
      const stop = run({ ...wanted, begin, end, output });
      const position = bytes.readUInt32LE(results.position);
      const consumed = position - begin;
      output = bytes.readUInt32LE(results.output);
      begin = position;
      if (stop === stops.inputRead) {
        begin = inputAt - (end - position);
        bytes.copyWithin(begin, position, end);
        end = inputAt;
      }
      return {
        consumed,
        packets: bytes.readUInt32LE(results.packets),
        earliest: finite(bytes.readDoubleLE(results.earliest)),
        latest: finite(bytes.readDoubleLE(results.latest)),
        stop: stop === stops.damaged ? 'damaged' : stop === stops.outputFull ? 'output full' : 'input read',
      };
    },
    drain: () => {
      const records = bytes.subarray(outputAt, output);
      output = outputAt;
      return records;
    },
    outputBytes: () => output - outputAt,
  };
}

/** How a file is to be walked: libpcap takes a snaplen of 0 for none (pcap_adjust_snapshot), and one that is too large, too. */
function runFor({ header, window, precision }: Wanted): Omit<Run, 'begin' | 'end' | 'output'> {
  const { snaplen } = header;
  if (header.precision === 'nanoseconds' && precision === 'microseconds') throw new Error('nanoseconds would be lost');
  return {
    outputEnd: memoryBytes,
    snaplen: snaplen === 0 ? longestPacket : Math.min(snaplen, longestPacket),
    swapped: header.littleEndian ? 0 : 1,
    factor: header.precision === precision ? 1 : 1_000,
    unitsPerMicrosecond: header.precision === 'nanoseconds' ? 1_000 : 1,
    since: window.since ?? Number.NEGATIVE_INFINITY,
    until: window.until ?? Number.POSITIVE_INFINITY,
  };
}

function runOf(module: WebAssembly.Module, memory: WebAssembly.Memory): (run: Run) => number {
  const { run } = new WebAssembly.Instance(module, { host: { memory } }).exports;
  if (typeof run !== 'function') throw new Error('the module has no function to run');
  const names = Object.keys(runParameters) as (keyof Run)[];
  return (values) => run(...names.map((name) => values[name]));
}

function finite(time: number): Micros | null {
  return Number.isFinite(time) ? time : null;
}
