import { closeSync, ftruncateSync, futimesSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Concern } from './cast.ts';
import { pcapHeader, writeRecord } from './pcap.ts';
import type { Sighting } from './timeline.ts';

/** A file as it lies in the ring: `packets` and times count only what can be read whole; times in microseconds since 1970. */
export type RingFile = {
  name: string;
  path: string;
  bytes: number;
  packets: number;
  concerns: Record<Concern, number>;
  beacons: number[];
} & ({ state: 'whole' | 'cut'; first: number; last: number } | { state: 'empty' });

type Written = { at: number; end: number; concern: Concern };

/** One ring file being written, through a large buffer. Close it: only then is its end, and with it its state, decided. */
export class RingFileWriter {
  readonly #path: string;
  readonly #name: string;
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafe(1 << 20);
  readonly #records: Written[] = [];
  #buffered: number;
  #end = 24;

  /** daemonlogger opens the file, and names it, some 0.3 s after the packet that it then writes first. */
  constructor(directory: string, prefix: string, first: number) {
    this.#name = nameAt(prefix, first + 300_000);
    this.#path = join(directory, this.#name);
    this.#descriptor = openSync(this.#path, 'w', 0o644);
    this.#buffered = pcapHeader().copy(this.#buffer);
  }

  record({ at, frame, concern }: Sighting): void {
    if (this.#buffered + 16 + frame.length > this.#buffer.length) this.#flush();
    this.#buffered = writeRecord(this.#buffer, this.#buffered, at, frame);
    this.#end += 16 + frame.length;
    this.#records.push({ at, end: this.#end, concern });
  }

  close(state: 'whole' | 'cut'): RingFile {
    this.#flush();
    if (state === 'cut') this.#cut();
    const first = this.#records[0];
    const last = this.#records.at(-1);
    if (!first || !last) throw new Error(`${this.#path} would hold no packet: give it more bytes`);
    futimesSync(this.#descriptor, last.at / 1e6, last.at / 1e6);
    closeSync(this.#descriptor);
    const { concerns, beacons } = tally(this.#records);
    const counted = { bytes: this.#end, packets: this.#records.length, concerns, beacons };
    return { name: this.#name, path: this.#path, ...counted, state, first: first.at, last: last.at };
  }

  #flush(): void {
    writeSync(this.#descriptor, this.#buffer, 0, this.#buffered);
    this.#buffered = 0;
  }

  /** Ends the file where the last full stdio buffer did: at a multiple of 4096 bytes, and inside a packet. */
  #cut(): void {
    let end = Math.floor(this.#end / 4_096) * 4_096;
    if (this.#records.some((record) => record.end === end)) end -= 4_096;
    while ((this.#records.at(-1)?.end ?? 0) > end) this.#records.pop();
    ftruncateSync(this.#descriptor, end);
    this.#end = end;
  }
}

/** A file of zero bytes, opened at that time (microseconds) and never flushed to. */
export function writeEmpty(directory: string, prefix: string, opened: number): RingFile {
  const name = nameAt(prefix, opened);
  const path = join(directory, name);
  writeFileSync(path, '', { mode: 0o644 });
  utimesSync(path, opened / 1e6, opened / 1e6);
  return { name, path, bytes: 0, packets: 0, ...tally([]), state: 'empty' };
}

function nameAt(prefix: string, opened: number): string {
  return `${prefix}.${Math.floor(opened / 1_000_000)}`;
}

function tally(records: readonly Written[]): Pick<RingFile, 'concerns' | 'beacons'> {
  const concerns: Record<Concern, number> = { shop: 0, 'tagged shop': 0, beacon: 0, other: 0 };
  const beacons: number[] = [];
  for (const { at, concern } of records) {
    concerns[concern] += 1;
    if (concern === 'beacon') beacons.push(at);
  }
  return { concerns, beacons };
}
