import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { filesOf } from '../../../../src/capture/past/progress.ts';
import { planRing, type RingFile } from '../../../../src/capture/past/ring.ts';
import { buildIndexes } from '../../../../src/capture/past/ringindex/build.ts';
import { indexCoverage, type Places, pruneIndexes } from '../../../../src/capture/past/ringindex/care.ts';
import { conditionOf } from '../../../../src/capture/past/ringindex/derive.ts';
import { headBytes, readHead } from '../../../../src/capture/past/ringindex/format.ts';
import { blocksOf, has, rangesFor, type ToRead } from '../../../../src/capture/past/ringindex/lookup.ts';
import type { RingIndex } from '../../../../src/capture/past/ringindex/ringindex.ts';
import { type Indexed, identityOf, indexPathOf, openIndex } from '../../../../src/capture/past/ringindex/store.ts';
import { WordValues } from '../../../../src/capture/past/ringindex/values.ts';
import { openIndexes } from '../../../../src/capture/past/threads/indexed.ts';
import { type Packet, pcap, udpFrame } from '../../pcaps.ts';
import { randomFrom } from '../generate/random.ts';
import { indexOf, programFor } from './indexed.ts';

const ever = { since: null, until: null };
const begin = 1_795_486_205_000_000;
const nobody = new AbortController().signal;
/** Places of the packets to port 53. */
const rare = [1_000, 5_000];

let [directory, ring, store, file] = ['', '', '', ''];
let places: Places = { rings: [], pinned: [] };
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ringindex-'));
  [ring, store] = [join(directory, 'ring'), join(directory, 'index')];
  mkdirSync(ring);
  places = { rings: [ring], pinned: [] };
  file = join(ring, 'daemonlogger.pcap.1795486205');
  writeFileSync(file, pcap(packets()));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** 5 MB, a millisecond between packets. */
function packets(): Packet[] {
  return Array.from({ length: 8_000 }, (_, at) => ({
    at: begin + at * 1_000,
    frame: udpFrame(rare.includes(at) ? 53 : 4_711, 'x'.repeat(600)),
  }));
}

const recordBytes = 16 + 42 + 600;
const offsetOf = (place: number): number => 24 + place * recordBytes;

function build(...paths: string[]): Promise<Indexed[]> {
  return Array.fromAsync(buildIndexes(store, paths.length === 0 ? [file] : paths, nobody));
}

function opened(path = file): RingIndex | undefined {
  const descriptor = openSync(path, 'r');
  try {
    return openIndex(store, fstatSync(descriptor, { bigint: true }));
  } finally {
    closeSync(descriptor);
  }
}

function toRead(expression: string, window: Parameters<typeof rangesFor>[2] = ever, path = file): ToRead | 'no index' {
  const index = opened(path);
  if (index === undefined) return 'no index';
  const program = programFor(path, expression);
  assert.ok(program);
  const ranges = rangesFor(index, conditionOf(program, index.head.linktype), window);
  index.close();
  return ranges;
}

const indexFile = (path = file): string => indexPathOf(store, identityOf(statSync(path, { bigint: true })));

test('of a rare port little is read, from one record to another, and every packet to it is there', async () => {
  const [built] = await build();
  assert.equal(built?.is, 'built');
  const found = toRead('port 53');
  assert.ok(found !== 'no index' && found.read === 'ranges');
  for (const place of rare) {
    const isWhole = found.ranges.some((range) => range.begin <= offsetOf(place) && range.end >= offsetOf(place + 1));
    assert.ok(isWhole, `the packet at place ${place}`);
  }
  for (const range of found.ranges)
    for (const offset of [range.begin, range.end]) assert.equal((offset - 24) % recordBytes, 0);
  const bytes = found.ranges.reduce((sum, range) => sum + range.end - range.begin, 0);
  assert.ok(bytes < statSync(file).size / 20, `${bytes} bytes`);
});

test('what is all over a file is read as a whole, what is nowhere not at all', async () => {
  await build();
  assert.deepEqual(toRead('port 4711'), { read: 'whole' });
  assert.deepEqual(toRead('not port 53'), { read: 'whole' });
  assert.deepEqual(toRead('port 22'), { read: 'ranges', ranges: [] });
});

test('of a window only its blocks are read, as one where all of them match', async () => {
  await build();
  const window = { since: begin + 4_000_000, until: begin + 4_500_000 };
  const found = toRead('port 4711', window);
  assert.ok(found !== 'no index' && found.read === 'ranges');
  const [only, ...others] = found.ranges;
  assert.deepEqual(others, []);
  assert.ok(only && only.begin <= offsetOf(4_000) && only.begin > offsetOf(3_850));
  assert.ok(only.end >= offsetOf(4_500) && only.end < offsetOf(4_650));
  assert.deepEqual(toRead('port 53', window), { read: 'ranges', ranges: [] });
  assert.deepEqual(toRead('port 4711', { since: begin + 9_000_000, until: null }), { read: 'ranges', ranges: [] });
});

test('an index is 0640 in a directory that is 0750, and has its name only when it is whole', async () => {
  await build();
  assert.equal(statSync(indexFile()).mode & 0o777, 0o640);
  assert.equal(statSync(store).mode & 0o777, 0o750);
  assert.deepEqual(readdirSync(store), [basename(indexFile())]);
  assert.deepEqual(
    (await build()).map(({ is }) => is),
    ['there already'],
  );
});

const changes: readonly (readonly [what: string, change: () => void])[] = [
  [
    'another file has its name',
    () => {
      const { atime, mtime } = statSync(file);
      copyFileSync(file, `${file}.other`);
      utimesSync(`${file}.other`, atime, mtime);
      renameSync(`${file}.other`, file);
    },
  ],
  ['it has grown', () => appendFileSync(file, pcap(packets()).subarray(24, 24 + recordBytes))],
  ['it was cut', () => truncateSync(file, offsetOf(7_000))],
  ['its time is another', () => utimesSync(file, 1_795_486_300, 1_795_486_300.5)],
];
for (const [what, change] of changes)
  test(`a ring file has no index any more when ${what}, and gets a new one`, async () => {
    utimesSync(file, 1_795_486_200, 1_795_486_200);
    await build();
    assert.notEqual(toRead('port 53'), 'no index');
    change();
    assert.equal(toRead('port 53'), 'no index');
    assert.deepEqual(
      (await build()).map(({ is }) => is),
      ['built'],
    );
    assert.notEqual(toRead('port 53'), 'no index');
  });

test('an index with any byte changed is none, or leads to reading the whole file', async () => {
  await build();
  const whole = readFileSync(indexFile());
  const right = toRead('port 53');
  let believed = 0;
  for (let at = 0; at < whole.length; at += at < 400 ? 7 : 97) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x41;
    writeFileSync(indexFile(), damaged);
    const found = toRead('port 53');
    if (found === 'no index' || found.read === 'whole') continue;
    // A section that the expression does not need was damaged.
    assert.deepEqual(found, right);
    believed += 1;
  }
  assert.ok(believed < whole.length / 97, 'damage is seen');
});

test('damage in an index leads to reading the whole file where what is sought is in none of it, too, and a new index is built', async () => {
  await build();
  const whole = readFileSync(indexFile());
  const program = programFor(file, 'port 9');
  assert.ok(program);
  const order = { program, hosts: null, linktype: 1, window: ever, precision: 'microseconds', indexes: store } as const;
  const stats = statSync(file, { bigint: true });
  const planned = await plannedIn(ring);
  assert.deepEqual(openIndexes(order)(planned, stats)?.ranges, []);
  // The table of blocks stands behind the head.
  whole[headBytes + 5] = (whole[headBytes + 5] ?? 0) ^ 1;
  writeFileSync(indexFile(), whole);
  assert.equal(openIndexes(order)(planned, stats), undefined);
  assert.deepEqual(
    (await build()).map(({ is }) => is),
    ['built'],
  );
  assert.deepEqual(openIndexes(order)(planned, stats)?.ranges, []);
});

async function plannedIn(directory: string): Promise<RingFile> {
  const [planned] = filesOf(await planRing(directory, ever));
  assert.ok(planned);
  return planned;
}

test('an index that is cut anywhere, or has something behind it, is none', async () => {
  await build();
  const whole = readFileSync(indexFile());
  for (const length of [0, 1, 7, 8, 100, whole.length >> 1, whole.length - 1]) {
    writeFileSync(indexFile(), whole.subarray(0, length));
    assert.equal(toRead('port 53'), 'no index', `cut to ${length}`);
  }
  writeFileSync(indexFile(), Buffer.concat([whole, Buffer.alloc(1)]));
  assert.equal(toRead('port 53'), 'no index');
  rmSync(indexFile());
  symlinkSync('/dev/zero', indexFile());
  assert.equal(toRead('port 53'), 'no index');
});

test('an index whose checksums are right, but whose content makes no sense, neither crashes a search nor holds it up', async () => {
  await build();
  const whole = readFileSync(indexFile());
  const { blocks, kinds } = readHead(whole.subarray(0, headBytes), whole.length);
  const sections = [blocks, ...Object.values(kinds)];
  const random = randomFrom(20_261_124);
  const program = programFor(file, 'port 53 or host 192.0.2.200 or ip6 host 2001:db8::1 or vlan 7');
  assert.ok(program);
  const condition = conditionOf(program, 1);
  for (let round = 0; round < 400; round += 1) {
    const hostile = Buffer.from(whole);
    for (const [place, section] of sections.entries()) {
      if (section === undefined || section.length === 0) continue;
      const { begin: from, length } = section;
      for (let change = random.integer(4); change > 0; change -= 1)
        hostile[from + random.integer(Math.min(length, random.one([4, 40, length])))] = random.one([
          0, 1, 0x7f, 0x80, 0xff,
        ]);
      const checksum = BigInt(crc32(hostile.subarray(from, from + length)));
      hostile.writeBigUInt64BE(checksum, headBytes - (sections.length - place) * 16);
    }
    hostile.writeBigUInt64BE(BigInt(crc32(hostile.subarray(0, headBytes - 8))), headBytes - 8);
    writeFileSync(indexFile(), hostile);
    const index = opened();
    assert.ok(index, 'its head is as it should be');
    const found = rangesFor(index, condition, ever);
    index.close();
    if (found.read === 'whole') continue;
    for (const range of found.ranges) assert.ok(range.begin >= 24 && range.end <= statSync(file).size);
  }
});

test('nothing but forged senders makes no large index: their addresses are left out, the rest is there', async () => {
  const random = randomFrom(20_261_124);
  const flood = Array.from({ length: 60_000 }, (_, at) => {
    const frame = Buffer.concat([random.bytes(12), Buffer.from([0x86, 0xdd]), random.bytes(46)]);
    frame[20] = 17;
    return { at: begin + at, frame };
  });
  writeFileSync(file, pcap(flood));
  const [built] = await build();
  assert.ok(built?.is === 'built' && built.indexBytes < 1024 * 1024 + built.bytes / 50);
  assert.deepEqual(toRead('ip6 host 2001:db8::1'), { read: 'whole' });
  assert.deepEqual(toRead('ip6 proto 58'), { read: 'ranges', ranges: [] });
});

test('of more packets in a block than are noted at once, each has its terms there and nowhere else', () => {
  const tiny = Array.from({ length: 5_000 }, (_, at) => ({ at: begin + at, frame: udpFrame(10_000 + at, '') }));
  writeFileSync(file, pcap(tiny));
  const index = indexOf(file, 250_000);
  const bytes = 16 + 42;
  for (const [at] of tiny.entries()) {
    const port = BigInt(10_000 + at);
    const found = blocksOf([{ is: 'term', term: { kind: 'port', from: port, to: port } }], index);
    const here = index.blocks().findIndex(({ end }) => end > 24 + at * bytes);
    for (let block = 0; block < index.head.blockCount; block += 1)
      assert.equal(has(found, block), block === here, `port ${port} in block ${block}`);
  }
  index.close();
});

test('of more values than an index has room for the kind is given up', () => {
  const values = new WordValues();
  values.note(
    Int32Array.from({ length: 1 << 20 }, (_, word) => word),
    1 << 20,
  );
  assert.equal(values.postings.givenUp, false);
  values.note(new Int32Array([-1]), 1);
  assert.equal(values.postings.givenUp, true);
  assert.doesNotThrow(() => values.note(new Int32Array([-1, -2]), 2));
});

test('a file of a version whose records are written otherwise is not indexed', async () => {
  const bytes = readFileSync(file);
  bytes.writeUInt16LE(3, 6);
  writeFileSync(file, bytes);
  assert.deepEqual(
    (await build()).map(({ is }) => is),
    ['not built'],
  );
});

test('a file that ends in the middle of a packet is indexed up to there, and the index tells', async () => {
  truncateSync(file, offsetOf(7_000) + 100);
  await build();
  const index = opened();
  assert.deepEqual([index?.head.end, index?.head.ending, index?.head.packets], [offsetOf(7_000), 'cut', 7_000]);
  index?.close();
});

test('a record longer than any packet ends the index, and it tells', async () => {
  const bytes = readFileSync(file);
  bytes.writeUInt32LE(300_000, offsetOf(2_000) + 8);
  writeFileSync(file, bytes);
  await build();
  const index = opened();
  assert.deepEqual([index?.head.end, index?.head.ending], [offsetOf(2_000), 'damaged']);
  index?.close();
});

test('what is no ring file is told, and does not keep the next from being indexed', async () => {
  const [text, link, empty] = ['readme.txt', 'link', 'empty'].map((name) => join(ring, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(text, 'not a pcap file, but longer than the header of one');
  symlinkSync(file, link);
  writeFileSync(empty, pcap([]));
  const built = await build(text, link, join(ring, 'gone'), ring, empty, file);
  assert.deepEqual(
    built.map(({ is }) => is),
    ['not built', 'not built', 'not built', 'not built', 'built', 'built'],
  );
  assert.deepEqual(toRead('port 53', ever, empty), { read: 'ranges', ranges: [] });
});

test('whatever a ring file is called, its index has a short name of letters and digits', async () => {
  const odd = join(ring, `..;$(reboot) \n${'ü'.repeat(110)}`);
  renameSync(file, odd);
  assert.deepEqual(
    (await build(odd)).map(({ is }) => is),
    ['built'],
  );
  assert.match(readdirSync(store).join(), /^[0-9a-f]+-[0-9a-f]+\.ringindex$/);
  assert.notEqual(toRead('port 53', ever, odd), 'no index');
});

test('a building that is called off ends at once and leaves nothing half written', async () => {
  const paths = Array.from({ length: 40 }, (_, at) => join(ring, `copy-${at}`));
  for (const path of paths) copyFileSync(file, path);
  const order = new AbortController();
  const built: Indexed[] = [];
  for await (const indexed of buildIndexes(store, paths, order.signal)) {
    built.push(indexed);
    order.abort();
  }
  assert.equal(built.length, 1);
  assert.deepEqual(
    readdirSync(store).filter((name) => name.endsWith('.part')),
    [],
  );
  assert.ok((await indexCoverage(store, places)).indexed < 40);
});

test('indexes go with their ring files, and nothing else goes', async () => {
  const other = join(ring, 'daemonlogger.pcap.1795486206');
  copyFileSync(file, other);
  await build(file, other);
  const kept = [join(store, 'notes'), join(store, 'notes.ringindex'), join(store, '1-0123456789abcdef.part')];
  for (const path of kept) writeFileSync(path, '');
  const old = join(store, '2-0123456789abcdef.part');
  writeFileSync(old, '');
  utimesSync(old, 1_795_486_200, 1_795_486_200);
  const gone = indexFile(other);
  rmSync(other);
  assert.equal(await pruneIndexes(store, places, Date.now()), 2);
  for (const path of [...kept, indexFile()]) assert.ok(existsSync(path), path);
  for (const path of [old, gone]) assert.ok(!existsSync(path), path);
});

test('the indexes of a ring that cannot be listed stay; those of a ring that is no longer one of ours go', async () => {
  await build();
  renameSync(ring, `${ring}.away`);
  assert.equal(await pruneIndexes(store, places, Date.now()), 0);
  assert.equal(readdirSync(store).length, 1);
  assert.equal(await pruneIndexes(store, { rings: [], pinned: [] }, Date.now()), 1);
  assert.deepEqual(readdirSync(store), []);
  assert.equal(await pruneIndexes(join(directory, 'nowhere'), places, Date.now()), 0);
  mkdirSync(ring);
});

test('an index stays as long as its ring file has a name in some place, and is found by it', async () => {
  await build();
  const held = join(directory, 'held');
  linkSync(file, held);
  const pinned = { rings: [ring], pinned: [held] };
  const once = { files: 1, indexed: 1, bytes: statSync(file).size, indexBytes: statSync(indexFile()).size };
  assert.deepEqual(await indexCoverage(store, pinned), once);
  rmSync(file);
  assert.equal(await pruneIndexes(store, pinned, Date.now()), 0);
  assert.notEqual(toRead('port 53', ever, held), 'no index');
  assert.deepEqual(await indexCoverage(store, pinned), once);
  rmSync(held);
  assert.equal(await pruneIndexes(store, pinned, Date.now()), 1);
});

test('it is known how much of a ring is indexed', async () => {
  copyFileSync(file, join(ring, 'second'));
  copyFileSync(file, join(ring, 'third'));
  await build(file, join(ring, 'second'));
  appendFileSync(join(ring, 'second'), 'more');
  const { size } = statSync(file);
  assert.deepEqual(await indexCoverage(store, places), {
    files: 3,
    indexed: 1,
    bytes: size,
    indexBytes: statSync(indexFile()).size,
  });
});
