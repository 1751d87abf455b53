import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mergeRecords } from '../../../src/capture/past/merge.ts';
import { pcap } from '../pcaps.ts';

const second = 1_000_000;

interface Taken {
  /** Microseconds after the beginning. */
  readonly at: number;
  readonly bytes: number;
}

/** Records of one lane, each marked with the lane and its place in it. */
function recordsOf(packets: readonly Taken[], lane: number, endian: 'little' | 'big', nano: boolean): Buffer[] {
  return packets.map(({ at, bytes }, place) => {
    const frame = Buffer.alloc(bytes + 8, 0x2e);
    frame.writeUInt32BE(lane, 0);
    frame.writeUInt32BE(place, 4);
    return pcap([{ at: second + at, nanos: at % 7, frame }], { endian, nano }).subarray(24);
  });
}

/** Always the earliest head, the first of equal ones: the slowest way to say it. */
function byOneAtATime(lanes: readonly (readonly Taken[])[], records: readonly (readonly Buffer[])[], nano: boolean) {
  const left = lanes.map((lane, of) => lane.map((packet, place) => ({ packet, record: records[of]?.[place] })));
  const merged: Buffer[] = [];
  for (;;) {
    const heads = left.flatMap((lane) => (lane[0] === undefined ? [] : [{ lane, head: lane[0] }]));
    const timeOf = ({ at }: Taken) => at * 1_000 + (nano ? at % 7 : 0);
    const [first] = heads.toSorted((one, other) => timeOf(one.head.packet) - timeOf(other.head.packet));
    if (first === undefined) return Buffer.concat(merged);
    merged.push(first.lane.shift()?.record ?? Buffer.alloc(0));
  }
}

/** A lane that gives some records at a time, an empty buffer now and then, and takes its time. */
async function* inPieces(records: readonly Buffer[], pieces: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < records.length; turn += 1) {
    const count = pieces.length === 0 ? records.length : (pieces[turn % pieces.length] ?? 1);
    if (count % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    yield Buffer.concat(records.slice(at, at + count));
    at += count;
    // No lane may be at a standstill for ever.
    if (count === 0) yield Buffer.concat(records.slice(at, ++at));
  }
}

async function merged(lanes: readonly AsyncIterable<Buffer>[], littleEndian = true, nano = false): Promise<Buffer> {
  const given: Buffer[] = [];
  const format = { littleEndian, precision: nano ? 'nanoseconds' : 'microseconds' } as const;
  for await (const records of mergeRecords(lanes, format)) given.push(Buffer.from(records));
  return Buffer.concat(given);
}

describe('lanes of records are merged', () => {
  test('always the earliest head, of equal ones the first lane, wherever the buffers end and however a lane is out of order', async () => {
    const packet = fc.record({ at: fc.nat(40), bytes: fc.oneof(fc.nat(200), fc.nat(70_000)) });
    const lane = fc.record({
      packets: fc.array(packet, { maxLength: 60 }),
      isSorted: fc.boolean(),
      pieces: fc.array(fc.nat(9), { maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(lane, { maxLength: 4 }),
        fc.constantFrom('little' as const, 'big' as const),
        fc.boolean(),
        async (lanes, endian, nano) => {
          const packets = lanes.map((each) =>
            each.isSorted ? each.packets.toSorted((one, other) => one.at - other.at) : each.packets,
          );
          const records = packets.map((each, of) => recordsOf(each, of, endian, nano));
          const pieces = lanes.map((each, of) => inPieces(records[of] ?? [], each.pieces));
          const found = await merged(pieces, endian === 'little', nano);
          assert.ok(found.equals(byOneAtATime(packets, records, nano)));
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });

  test('with times beyond 2038 and fractions of a second that are none, compared as they stand', async () => {
    const record = (seconds: number, fraction: number, mark: string) => {
      const bytes = Buffer.alloc(17);
      bytes.writeUInt32LE(seconds, 0);
      bytes.writeUInt32LE(fraction, 4);
      bytes.writeUInt32LE(1, 8);
      bytes.write(mark, 16);
      return bytes;
    };
    const lanes = [
      [record(1, 4_000_000_000, 'b'), record(4_000_000_000, 0, 'd')],
      [record(1, 999_999, 'a'), record(2, 0, 'c')],
    ].map((lane) => inPieces(lane, [1]));
    const found = await merged(lanes);
    assert.deepEqual(
      [16, 33, 50, 67].map((at) => found.toString('latin1', at, at + 1)),
      ['a', 'b', 'c', 'd'],
    );
  });

  test('and one is asked for more only when all that it gave is out of the way', async () => {
    const told: string[] = [];
    async function* lane(name: string, ats: readonly number[]) {
      for (const at of ats) {
        yield recordsOf([{ at, bytes: 9 }], 0, 'little', false)[0] ?? Buffer.alloc(0);
        told.push(`${name} of ${at} was taken`);
      }
    }
    const lanes = [lane('dmz', [1, 3]), lane('lan', [2, 4])];
    for await (const records of mergeRecords(lanes, { littleEndian: true, precision: 'microseconds' })) {
      told.push(`given: ${records.length / 33}`);
    }
    assert.deepEqual(told, [
      'given: 1',
      'dmz of 1 was taken',
      'given: 1',
      'lan of 2 was taken',
      'given: 1',
      'dmz of 3 was taken',
      'given: 1',
      'lan of 4 was taken',
    ]);
  });

  test('and a lane that fails fails them all', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield recordsOf([{ at: 1, bytes: 9 }], 0, 'little', false)[0] ?? Buffer.alloc(0);
      throw new Error('no more of it');
    }
    const whole = recordsOf([{ at: 5, bytes: 9 }], 1, 'little', false);
    await assert.rejects(merged([broken(), inPieces(whole, [1])]), /no more of it/);
  });
});
