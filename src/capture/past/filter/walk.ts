import { longestPacket, recordHeaderBytes } from '../../savefile.ts';
import { writeFilter } from './filter.ts';
import type { Operations } from './judge.ts';
import { type Code, type Local, moduleOf, type ValueType } from './wasm.ts';
import { writeSwap32 } from './write-operation.ts';

/** What `run` of a module is called with, in this order. */
export interface Run {
  /** Addresses: of the first record, behind the last byte there is, where output goes, and where its room ends. */
  readonly begin: number;
  readonly end: number;
  readonly output: number;
  readonly outputEnd: number;
  /** What libpcap cuts each record to; at most `longestPacket`. */
  readonly snaplen: number;
  /** 1 where the file is big-endian, else 0. */
  readonly swapped: number;
  /** What a fraction of a second in the file is multiplied with in the output. */
  readonly factor: number;
  /** How many of the file's units a microsecond has. */
  readonly unitsPerMicrosecond: number;
  /** The window, microseconds: since, among them, until, no more; infinite where it is open. */
  readonly since: number;
  readonly until: number;
}

/** The names of `Run` in their order, with their types. */
export const runParameters = {
  begin: 'i32',
  end: 'i32',
  output: 'i32',
  outputEnd: 'i32',
  snaplen: 'i32',
  swapped: 'i32',
  factor: 'i32',
  unitsPerMicrosecond: 'f64',
  since: 'f64',
  until: 'f64',
} as const satisfies Record<keyof Run, ValueType>;

/** Why `run` came back. */
export const stops = { inputRead: 0, outputFull: 1, damaged: 2 } as const;

/** Where `run` leaves what it came to, from address 0 on. */
export const results = { position: 0, output: 4, packets: 8, earliest: 16, latest: 24 } as const;
/** The bytes of memory that `results` takes, and more. */
export const resultBytes = 64;

/**
 * The module that walks pcap records, filters those of the window and copies what matches: its records are little-endian and cut to
 * the snaplen, as tcpdump writes them. It stops before a record that is not whole, that has no room in the output, or that claims more
 * than any packet has.
 */
export function scannerModule(operations: Operations): Uint8Array<ArrayBuffer> {
  return moduleOf(Object.values(runParameters), (code) => writeWalk(code, operations));
}

function writeWalk(code: Code, operations: Operations): void {
  const parameter = Object.fromEntries(Object.keys(runParameters).map((name, at) => [name, at])) as Record<
    keyof Run,
    Local
  >;
  const { begin: position, end, output, outputEnd, snaplen, swapped } = parameter;
  const local = {
    seconds: code.local('i32'),
    fraction: code.local('i32'),
    captured: code.local('i32'),
    length: code.local('i32'),
    packet: code.local('i32'),
    next: code.local('i32'),
    packets: code.local('i32'),
    stop: code.local('i32'),
    scratch: code.local('i32'),
    at: code.local('f64'),
    earliest: code.local('f64'),
    latest: code.local('f64'),
  };
  const { seconds, fraction, captured, length, packet, next, packets, stop, scratch, at, earliest, latest } = local;
  code.constantF64(Number.POSITIVE_INFINITY).set(earliest);
  code.constantF64(Number.NEGATIVE_INFINITY).set(latest);

  const done = code.block();
  const record = code.loop();
  code.get(end).get(position).op('i32.sub').constant(recordHeaderBytes).op('i32.lt_u').branchIf(done);
  for (const [word, offset] of [
    [seconds, 0],
    [fraction, 4],
    [captured, 8],
    [length, 12],
  ] as const)
    code.get(position).access('i32.load', offset).set(word);
  code.get(swapped).when();
  for (const word of [seconds, fraction, captured, length]) {
    code.get(word);
    writeSwap32(code, scratch);
    code.set(word);
  }
  code.end();

  code.get(captured).constant(longestPacket).op('i32.gt_u').when();
  code.constant(stops.damaged).set(stop).branch(done).end();
  code.get(position).constant(recordHeaderBytes).op('i32.add').tee(packet);
  code.get(captured).op('i32.add').tee(next).get(end).op('i32.gt_u').branchIf(done);

  // Exact: no time of 2^32 s and 2^32 microseconds needs more than the 53 bits of a number.
  code.get(seconds).op('f64.convert_i32_u').constantF64(1e6).op('f64.mul');
  code.get(fraction).op('f64.convert_i32_u').get(parameter.unitsPerMicrosecond).op('f64.div', 'f64.floor', 'f64.add');
  code.tee(at).get(earliest).op('f64.min').set(earliest);
  code.get(at).get(latest).op('f64.max').set(latest);

  const rejected = code.block();
  code.get(at).get(parameter.since).op('f64.lt').branchIf(rejected);
  code.get(at).get(parameter.until).op('f64.ge').branchIf(rejected);
  code.get(captured).get(snaplen).get(captured).get(snaplen).op('i32.lt_u', 'select').set(captured);
  const accepted = code.block();
  writeFilter(code, operations, { packet, captured, length, accept: accepted, reject: rejected });
  code.end();

  code
    .get(outputEnd)
    .get(output)
    .op('i32.sub')
    .get(captured)
    .constant(recordHeaderBytes)
    .op('i32.add', 'i32.lt_u')
    .when();
  code.constant(stops.outputFull).set(stop).branch(done).end();
  code.get(output).get(seconds).access('i32.store', 0);
  code.get(output).get(fraction).get(parameter.factor).op('i32.mul').access('i32.store', 4);
  code.get(output).get(captured).access('i32.store', 8);
  code.get(output).get(length).access('i32.store', 12);
  code.get(output).constant(recordHeaderBytes).op('i32.add').tee(output);
  code.get(packet).get(captured).copy();
  code.get(output).get(captured).op('i32.add').set(output);
  code.get(packets).constant(1).op('i32.add').set(packets);
  code.end();

  code.get(next).set(position).branch(record);
  code.end().end();
  code.constant(0).get(position).access('i32.store', results.position);
  code.constant(0).get(output).access('i32.store', results.output);
  code.constant(0).get(packets).access('i32.store', results.packets);
  code.constant(0).get(earliest).access('f64.store', results.earliest);
  code.constant(0).get(latest).access('f64.store', results.latest);
  code.get(stop);
}
