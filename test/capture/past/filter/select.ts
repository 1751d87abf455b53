import assert from 'node:assert/strict';
import type { Program } from '../../../../src/capture/bpf.ts';
import type { Micros, Window } from '../../../../src/capture/capture.ts';
import { openScanner, type Scanner, translate } from '../../../../src/capture/past/filter/scanner.ts';
import { headerBytes, type PcapHeader, readHeader } from '../../../../src/capture/savefile.ts';

export interface Order {
  readonly window?: Window;
  /** The file's own where it is left out. */
  readonly precision?: PcapHeader['precision'];
  /** Bytes of each read; everything at once, as far as it goes, where it is left out. */
  readonly chunk?: () => number;
}

export interface Selected {
  /** The records, one behind the other. */
  readonly records: Buffer;
  readonly packets: number;
  readonly consumed: number;
  readonly earliest: Micros | null;
  readonly latest: Micros | null;
  readonly damaged: boolean;
}

/** A scanner for a program that can be translated. */
export function scannerFor(program: Program): Scanner {
  const translation = translate(program);
  assert.ok(translation.translatable, 'why' in translation ? translation.why : '');
  return openScanner(translation.module);
}

/** Puts a whole file through a scanner as a search does. */
export function select(scanner: Scanner, file: Buffer, { window, precision, chunk }: Order = {}): Selected {
  const header = readHeader(file);
  assert.ok(header !== undefined);
  scanner.begin({
    header,
    window: window ?? { since: null, until: null },
    precision: precision ?? header.precision,
  });
  const drained: Buffer[] = [];
  let [packets, consumed, damaged] = [0, 0, false];
  const times: Micros[] = [];
  for (let offset = headerBytes; offset < file.length && !damaged; ) {
    const bytes = Math.min(chunk?.() ?? scanner.input.length, scanner.input.length, file.length - offset);
    file.copy(scanner.input, 0, offset, offset + bytes);
    offset += bytes;
    scanner.take(bytes);
    for (;;) {
      const scan = scanner.scan();
      packets += scan.packets;
      consumed += scan.consumed;
      damaged = scan.stop === 'damaged';
      times.push(...[scan.earliest, scan.latest].filter((time) => time !== null));
      if (scan.stop !== 'output full') break;
      drained.push(Buffer.from(scanner.drain()));
    }
  }
  drained.push(Buffer.from(scanner.drain()));
  const earliest = times.length === 0 ? null : Math.min(...times);
  const latest = times.length === 0 ? null : Math.max(...times);
  return { records: Buffer.concat(drained), packets, consumed, earliest, latest, damaged };
}
