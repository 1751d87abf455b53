import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { examineSavefile } from '../../../src/capture/facts.ts';
import { beginAppending } from '../../../src/capture/past/appending.ts';
import { headerBytes } from '../../../src/capture/savefile.ts';
import { capinfos, pcap, sha256, udpPackets } from '../pcaps.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'appending-test-'));
});
after(() => rmSync(directory, { recursive: true }));

const header = { precision: 'microseconds', snaplen: 65_535, linktype: 1 } as const;
const records = (from: number, count: number) => pcap(udpPackets(count, { from, every: 1_000 })).subarray(headerBytes);

/** A savefile with two appended pieces, closed. */
async function appended(name: string) {
  const path = join(directory, name);
  const file = await open(path, 'wx+');
  const appending = await beginAppending(file, directory, header);
  // Later first: a ring's files overlap.
  await appending.append(records(2_000_000_000, 7));
  await appending.append(records(1_000_000_000, 5));
  return { path, examine: await appending.close() };
}

describe('what a search appended to its savefile', () => {
  test('is known without reading it: the facts and the digest that reading gives', async () => {
    const { path, examine } = await appended('whole');
    const known = await examine(path);
    assert.deepEqual(known, await examineSavefile(path));
    assert.equal(known.sha256, sha256(readFileSync(path)));
    assert.partialDeepStrictEqual(known.facts, { packets: 12, firstAt: 1_000_000_000, lastAt: 2_000_006_000 });
    const { packets, dataBytes } = await capinfos(path);
    assert.partialDeepStrictEqual(known.facts, { packets, dataBytes });
  });

  test('has the header that it was begun with last, and may be nothing', async () => {
    const path = join(directory, 'begun');
    const appending = await beginAppending(await open(path, 'wx+'), directory, header);
    await appending.begin({ ...header, precision: 'nanoseconds', linktype: 113 });
    const known = await (await appending.close())(path);
    assert.deepEqual(known, await examineSavefile(path));
    assert.partialDeepStrictEqual(known.facts, { packets: 0, linktype: 113, precision: 'nanoseconds', cutAt: null });
  });

  test('keeps the digest of what was written when somebody alters it in place: verify then tells', async () => {
    const { path, examine } = await appended('altered');
    const written = readFileSync(path);
    writeFileSync(path, Buffer.alloc(written.length, 1));
    assert.equal((await examine(path)).sha256, sha256(written));
  });

  test('is read where the file has another length than what was written, or is another', async () => {
    const path = join(directory, 'longer');
    const appending = await beginAppending(await open(path, 'wx+'), directory, header);
    await appending.append(records(1_000_000_000, 5));
    writeFileSync(path, 'more', { flag: 'a' });
    assert.deepEqual(await (await appending.close())(path), await examineSavefile(path));

    const { path: first, examine } = await appended('first');
    const copy = join(directory, 'copy');
    copyFileSync(first, copy);
    const bytes = readFileSync(copy);
    bytes[bytes.length - 1] = 99;
    writeFileSync(copy, bytes);
    assert.equal((await examine(copy)).sha256, sha256(bytes));
  });
});
