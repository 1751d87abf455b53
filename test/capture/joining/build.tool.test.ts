import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { examineSavefile } from '../../../src/capture/facts.ts';
import { build, formatOf } from '../../../src/capture/joining/build.ts';
import { mergeInto } from '../../../src/capture/joining/merge.ts';
import { type Part, partsOf } from '../../../src/capture/joining/parts.ts';
import { runningCapture } from '../../running-capture.ts';
import { pcap, sha256, udpPackets } from '../pcaps.ts';
import { recordsOf } from '../reference.ts';

describe('a savefile joined of others', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'capture-joining-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const never = new AbortController().signal;
  const part = async (name: string, bytes: Buffer): Promise<Part> => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    const { facts, sha256: digest } = await examineSavefile(path);
    assert.ok(facts);
    return { capture: 'c1', savefile: name, sha256: digest, bytes: bytes.length, packets: facts.packets, facts, path };
  };
  const built = (parts: readonly Part[]) =>
    build(parts, { processing: join(directory, 'processing'), final: join(directory, 'final') }, never);

  test('takes the whole packets of one that is cut, and loses none of the others', async () => {
    const whole = pcap(udpPackets(50));
    const parts = [
      await part('cut.pcap', whole.subarray(0, whole.length - 5)),
      await part('whole.pcap', pcap(udpPackets(50, { from: 1_795_486_205_000_500 }))),
    ];
    assert.deepEqual(
      parts.map(({ facts }) => facts.packets),
      [49, 50],
    );
    const { facts } = await built(parts);
    assert.equal(facts.packets, 99);
    assert.equal(facts.cutAt, null);
    assert.equal(recordsOf(join(directory, 'final')).length, facts.fileBytes - 24);
  });

  test('keeps nanoseconds where one of them has any', async () => {
    const nanos = udpPackets(3).map((packet) => ({ ...packet, nanos: 456 }));
    const parts = [await part('nano.pcap', pcap(nanos, { nano: true })), await part('micro.pcap', pcap(udpPackets(3)))];
    assert.equal(formatOf(parts), 'nsecpcap');
    const { facts, sha256: digest } = await built(parts);
    assert.deepEqual([facts.packets, facts.precision], [6, 'nanoseconds']);
    assert.equal(sha256(readFileSync(join(directory, 'final'))), digest);
  });

  test('is empty where all of them are', async () => {
    const parts = [await part('a.pcap', pcap([])), await part('b.pcap', pcap([], { linktype: 101 }))];
    const { facts } = await built(parts);
    assert.deepEqual([facts.packets, facts.linktype], [0, 1]);
  });

  test('does not keep a file that has other packets than its parts', async () => {
    const { facts, ...told } = await part('a.pcap', pcap(udpPackets(3)));
    const more = { ...told, facts: { ...facts, packets: 4 }, packets: 4 };
    await assert.rejects(built([more, await part('b.pcap', pcap(udpPackets(3)))]), {
      message: 'mergecap wrote other packets than its parts have: 6 of 7',
    });
    assert.equal(readdirSync(directory).includes('final'), false);
  });

  test('on a full disk is not made: mergecap itself says so', async () => {
    const { path } = await part('a.pcap', pcap(udpPackets(3)));
    await assert.rejects(mergeInto('/dev/full', [path], 'pcap', never), {
      code: 'tool_failed',
      message: /there is no space left on the file system/,
    });
  });

  test('has every savefile of a capture that was kept over a reboot', async () => {
    const { path: _, ...before } = await part('before.pcap', pcap(udpPackets(2)));
    const after = await part('after.pcap', pcap(udpPackets(3)));
    const earlier = { endedAt: 0, why: 'x', counts: null, ...before };
    const capture = runningCapture({ id: 'c1', state: 'stopped', endedAt: 1, earlier: [earlier], ...after });
    assert.deepEqual(
      partsOf([capture], directory).map(({ path, packets }) => [basename(path), packets]),
      [
        ['before.pcap', 2],
        ['after.pcap', 3],
      ],
    );
  });
});
