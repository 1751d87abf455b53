import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import type { RingFileReport } from '../../src/capture/capture.ts';
import type { SearchOrder } from '../../src/capture/orders.ts';
import { pcap, type Shape, udpFrame, udpPackets } from './pcaps.ts';
import { recordsOf, selectedBy, timesOf } from './reference.ts';
import { openSensor, type Sensor, searched, unsettled } from './sensor.ts';

const start = 1_795_000_000_000_000;
/** When the nth file of a ring begins: ten minutes apart. */
const beginning = (nth: number) => start + nth * 600e6;

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor();
});
afterEach(() => sensor.close());

/** Puts ten packets into the ring as its nth file, dated as the logger would have left it. */
function ringFile(nth: number, bytes: Buffer = pcap(udpPackets(10, { from: beginning(nth) }))): string {
  const path = join(sensor.ring, `daemonlogger.pcap.${beginning(nth) / 1e6}`);
  writeFileSync(path, bytes);
  utimesSync(path, beginning(nth) / 1e6 + 1, beginning(nth) / 1e6 + 1);
  return path;
}

async function search(order: Partial<SearchOrder> = {}) {
  const steps = await searched(sensor, { expression: 'udp', ...order });
  const capture = steps.at(-1)?.capture;
  assert.ok(capture?.endedAt);
  const lines = sensor.engine.coverage(capture.id);
  const line = (name: string): RingFileReport => {
    const found = lines.find(({ file }) => file === name || file.endsWith(name));
    assert.ok(found, `${name} in ${lines.map(({ file }) => file)}`);
    return found;
  };
  return { capture, lines, line, troubles: steps.filter(({ step }) => step === 'troubled').length };
}

describe('what is no ring file', () => {
  test('is named in the result, not opened, not waited for, and not passed over', async () => {
    const whole = ringFile(0);
    ringFile(1);
    const inRing = (name: string) => join(sensor.ring, name);
    symlinkSync('/etc/passwd', inRing('daemonlogger.pcap.1'));
    symlinkSync(whole, inRing('daemonlogger.pcap.2'));
    await execa('mkfifo', [inRing('daemonlogger.pcap.3')]);
    mkdirSync(inRing('directory'));
    writeFileSync(inRing('notes.txt'), 'to whom it may concern: this directory is a ring');
    writeFileSync(inRing('new.pcapng'), Buffer.concat([Buffer.from('0a0d0d0a', 'hex'), Buffer.alloc(200)]));
    writeFileSync(inRing('notes.gz'), gzipSync('to whom it may concern'));
    writeFileSync(inRing('old.zst'), Buffer.concat([Buffer.from('28b52ffd', 'hex'), Buffer.alloc(60)]));
    writeFileSync(inRing('empty'), '');
    writeFileSync(inRing('short'), pcap([]).subarray(0, 23));
    writeFileSync(inRing('header'), pcap([]));
    writeFileSync(inRing('half'), pcap(udpPackets(1)).subarray(0, 39));
    writeFileSync(inRing('-w evil\n$(id)*'), 'hostile, but long enough for a header');
    const { capture, line, lines, troubles } = await search();
    assert.equal(capture.packets, 20);
    const told = (name: string) => [line(name).outcome, line(name).detail];
    assert.deepEqual(told('pcap.1'), ['not searched', 'a symbolic link: not followed']);
    assert.deepEqual(told('pcap.2'), ['not searched', 'a symbolic link: not followed']);
    assert.deepEqual(told('pcap.3'), ['not searched', 'not a regular file']);
    assert.deepEqual(told('notes.txt'), ['not searched', 'not a pcap file']);
    assert.match(String(told('new.pcapng')), /not searched,pcapng/);
    assert.deepEqual(told('notes.gz'), ['not searched', 'not a pcap file']);
    assert.match(String(told('old.zst')), /not searched,zstd: /);
    assert.deepEqual(told('empty'), ['empty', null]);
    assert.deepEqual(told('short'), ['empty', 'its pcap header is not whole yet']);
    assert.deepEqual(told('header'), ['empty', null]);
    assert.deepEqual(told('half'), ['empty', null]);
    assert.equal(line('-w evil\n$(id)*').outcome, 'not searched');
    assert.ok(lines.every(({ file }) => file !== 'directory'));
    assert.equal(troubles, 9);
  });
});

test('a ring file whose name is not UTF-8 is named with what to do, and not said to be pruned', async () => {
  ringFile(0);
  const named = Buffer.concat([Buffer.from(`${sensor.ring}/bad`), Buffer.from([0xff, 0xfe])]);
  writeFileSync(named, pcap(udpPackets(10, { from: beginning(1) })));
  const { capture, lines } = await search();
  assert.equal(capture.packets, 10);
  assert.deepEqual(
    lines.map(({ outcome, detail }) => [outcome, detail]),
    [
      ['not searched', 'its name is not UTF-8: give it another'],
      ['searched', null],
    ],
  );
});

describe('a packed ring file', () => {
  test('is searched for what it holds, in its place in time', async () => {
    const paths = [0, 1, 2, 3, 4].map((nth) => ringFile(nth, pcap(udpPackets(200, { from: beginning(nth) }))));
    const expected = await selectedBy('udp', paths);
    const pack = async (nth: number, file: string, args: string[], suffix: string) => {
      const path = paths[nth] ?? '';
      const { stdout } = await execa(file, [...args, path], { encoding: 'buffer', stripFinalNewline: false });
      writeFileSync(`${path}${suffix}`, stdout);
      utimesSync(`${path}${suffix}`, beginning(nth) / 1e6 + 1, beginning(nth) / 1e6 + 1);
      rmSync(path);
    };
    await pack(1, 'gzip', ['-c'], '.gz');
    await pack(2, 'zstd', ['-qc'], '.zst');
    await pack(3, 'lz4', ['-qc'], '.lz4');
    const { capture, lines } = await search();
    assert.deepEqual(
      lines.map(({ outcome, packets, detail }) => [outcome, packets, detail]),
      Array(5).fill(['searched', 200, null]),
    );
    // editcap gives lz4 members in nanoseconds: so is the savefile.
    assert.equal(capture.facts?.precision, 'nanoseconds');
    assert.deepEqual(timesOf(inMicroseconds(recordsOf(capture.path))), timesOf(expected));
  });

  test('that is cut is read as far as it goes, and named', async () => {
    ringFile(0);
    const packed = gzipSync(pcap(udpPackets(5_000, { from: beginning(1) })));
    writeFileSync(join(sensor.ring, 'cut.gz'), packed.subarray(0, packed.length / 2));
    utimesSync(join(sensor.ring, 'cut.gz'), beginning(1) / 1e6 + 1, beginning(1) / 1e6 + 1);
    ringFile(2);
    const { line } = await search();
    assert.deepEqual([line('cut.gz').outcome, line('cut.gz').detail], ['damaged', 'gzip: unexpected end of file']);
    assert.ok(line('cut.gz').packets > 1_000);
  });

  test('that is damaged is told as that, also where it is the newest', async () => {
    ringFile(0);
    const packed = gzipSync(pcap(udpPackets(500, { from: beginning(1) })));
    packed.writeUInt8((packed.at(-8) ?? 0) ^ 1, packed.length - 8);
    writeFileSync(join(sensor.ring, 'newest.gz'), packed);
    const { line } = await search();
    assert.deepEqual([line('newest.gz').outcome, line('newest.gz').packets], ['damaged', 500]);
    assert.match(line('newest.gz').detail ?? '', /^gzip: .*crc error/);
  });

  test('that unpacks without end and without a packet is given up', async () => {
    ringFile(0);
    const [header, block] = [await pcapngOf(pcap([])), Buffer.alloc(2 ** 20)];
    block.writeUInt32LE(0x0bad, 0);
    block.writeUInt32LE(block.length, 4);
    block.writeUInt32LE(block.length, block.length - 4);
    const bomb = gzipSync(Buffer.concat([header, ...Array<Buffer>(1_000).fill(block)]), { level: 1 });
    // Members of gzip: unpacked one after the other.
    writeFileSync(join(sensor.ring, 'bomb.gz'), Buffer.concat(Array<Buffer>(20).fill(bomb)));
    const { capture, line } = await search();
    assert.equal(capture.packets, 10);
    assert.equal(line('bomb.gz').outcome, 'not searched');
  });

  test('of pcapng is searched, and one of two linktypes named', async () => {
    ringFile(0);
    const [plain, cooked] = [join(sensor.captures, 'plain'), join(sensor.captures, 'cooked')];
    writeFileSync(plain, pcap(udpPackets(30, { from: beginning(1) })));
    const other = pcap(udpPackets(5, { from: beginning(1) }));
    other.writeUInt32LE(113, 20);
    writeFileSync(cooked, other);
    await execa('editcap', ['-F', 'pcapng', plain, join(sensor.ring, 'one.pcapng')]);
    await execa('mergecap', ['-a', '-F', 'pcapng', '-w', join(sensor.ring, 'two.pcapng'), plain, cooked]);
    const { line } = await search();
    assert.deepEqual([line('one.pcapng').outcome, line('one.pcapng').packets], ['searched', 30]);
    assert.equal(line('two.pcapng').outcome, 'not searched');
    assert.match(line('two.pcapng').detail ?? '', /^pcapng: .*can't be written/);
  });
});

describe('a pcapng file that ends in the middle of a packet', () => {
  const cutBy = async (bytes: number, count = 30) => {
    ringFile(0);
    const whole = await pcapngOf(pcap(udpPackets(count, { from: beginning(1) })));
    writeFileSync(join(sensor.ring, 'sensor_00001.cap'), whole.subarray(0, whole.length - bytes));
  };

  test('is one that is still being written where it is the newest', async () => {
    for (const bytes of [1, 5, 40, 78]) {
      await cutBy(bytes);
      const { outcome, packets, detail } = (await search()).line('sensor_00001.cap');
      assert.deepEqual(
        [outcome, packets, detail],
        ['searched', 29, 'still being written: read up to its last whole packet'],
        `cut by ${bytes}`,
      );
    }
  });

  test('is empty where that is its first', async () => {
    await cutBy(20, 1);
    const { line, troubles } = await search();
    assert.deepEqual([line('sensor_00001.cap').outcome, line('sensor_00001.cap').detail, troubles], ['empty', null, 0]);
  });

  test('is told as that where another follows', async () => {
    await cutBy(20);
    ringFile(2);
    const { outcome, packets, detail } = (await search()).line('sensor_00001.cap');
    assert.deepEqual([outcome, packets], ['damaged', 29]);
    assert.match(detail ?? '', /cut short in the middle of a packet/);
  });
});

async function pcapngOf(bytes: Buffer): Promise<Buffer> {
  const plain = join(sensor.captures, 'plain.pcap');
  writeFileSync(plain, bytes);
  const { stdout } = await execa('editcap', ['-F', 'pcapng', plain, '-'], {
    encoding: 'buffer',
    stripFinalNewline: false,
  });
  return Buffer.from(stdout);
}

/** Nanosecond records as microsecond ones. */
function inMicroseconds(records: Buffer): Buffer {
  const copy = Buffer.from(records);
  for (let at = 0; at < copy.length; at += 16 + copy.readUInt32LE(at + 8))
    copy.writeUInt32LE(Math.floor(copy.readUInt32LE(at + 4) / 1_000), at + 4);
  return copy;
}

describe('a ring file', () => {
  test('that is damaged in the middle gives what stands before, and the search goes on', async () => {
    ringFile(0);
    const damaged = pcap(udpPackets(10, { from: beginning(1) }));
    const record = (damaged.length - 24) / 10;
    damaged.writeUInt32LE(0xffff_ffff, 24 + 4 * record + 8);
    ringFile(1, damaged);
    ringFile(2);
    const { capture, lines } = await search();
    assert.equal(capture.packets, 24);
    assert.deepEqual(
      lines.map(({ outcome, packets }) => [outcome, packets]),
      [
        ['searched', 10],
        ['damaged', 4],
        ['searched', 10],
      ],
    );
    assert.match(lines[1]?.detail ?? '', new RegExp(`damaged at offset ${24 + 4 * record}`));
  });

  test('whose first record is damaged is told as that, whatever time the record names', async () => {
    ringFile(0);
    const damaged = pcap(udpPackets(10, { from: beginning(1) }));
    damaged.writeUInt32LE(0xffff_fff0, 24);
    damaged.writeUInt32LE(0xffff_ffff, 32);
    ringFile(1, damaged);
    const { lines } = await search({ window: { since: null, until: beginning(3) } });
    assert.deepEqual(
      lines.map(({ outcome }) => outcome),
      ['searched', 'damaged'],
    );
  });

  test('of a version that libpcap does not read is told in its words', async () => {
    const old = pcap(udpPackets(10, { from: beginning(0) }));
    old.writeUInt16LE(9, 4);
    ringFile(0, old);
    ringFile(1);
    const { capture, lines } = await search();
    assert.equal(capture.packets, 10);
    assert.equal(lines[0]?.outcome, 'damaged');
    assert.match(lines[0]?.detail ?? '', /unsupported pcap|archaic|version/i);
  });

  test('cut at any offset of its last packet gives all whole packets', async () => {
    const whole = pcap(udpPackets(3, { from: beginning(0) }));
    ringFile(1);
    for (let cut = 1; cut < 67; cut += 11) {
      ringFile(0, whole.subarray(0, whole.length - cut));
      const { capture, lines } = await search();
      assert.equal(capture.packets, 12, `cut by ${cut}`);
      assert.equal(lines[0]?.outcome, 'cut');
    }
  });

  test('in the other byte order, or with nanoseconds, is read: precision is kept for all', async () => {
    const shapes: Shape[] = [{}, { endian: 'big' }, { nano: true }, { endian: 'big', nano: true }];
    const files = shapes.map((shape, nth) =>
      ringFile(
        nth,
        pcap(
          udpPackets(10, { from: beginning(nth) }).map((packet) => ({ ...packet, nanos: 789 })),
          shape,
        ),
      ),
    );
    const { capture, lines } = await search();
    assert.deepEqual(
      lines.map(({ packets }) => packets),
      [10, 10, 10, 10],
    );
    assert.equal(capture.facts?.precision, 'nanoseconds');
    assert.ok(recordsOf(capture.path).equals(await selectedBy('udp', files, '--nano')));
    const { stdout } = await execa('tcpdump', ['-nn', '-tt', '--nano', '-r', capture.path]);
    assert.match(stdout, /\.000000789 IP/);
  });

  test('of another linktype is named, and goes into a savefile of its own', async () => {
    ringFile(0);
    ringFile(1, pcap([{ at: beginning(1), frame: udpFrame(1, 'x').subarray(14) }], { linktype: 101 }));
    ringFile(2);
    const steps = await searched(sensor, { expression: 'udp' });
    const ended = steps.flatMap((step) => (step.step === 'ended' ? [step.capture] : []));
    assert.deepEqual(
      ended.map(({ id, packets, facts, why }) => [id, packets, facts?.linktype, why]),
      [
        ['c1', 20, 1, 'searched to its end'],
        ['c2', 1, 101, 'searched to its end'],
      ],
    );
    const told = (id: string) => sensor.engine.coverage(id).map(({ outcome, detail }) => [outcome, detail]);
    assert.deepEqual(told('c1'), [
      ['searched', null],
      [
        'other linktype',
        'linktype 101, while the savefile has 1: once this search has finished, one of its own follows',
      ],
      ['searched', null],
    ]);
    const other = ['other linktype', 'linktype 1, while the savefile has 101'];
    assert.deepEqual(told('c2'), [other, ['searched', null], other]);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('of a linktype for which the expression means nothing is named with the reason', async () => {
    ringFile(0, pcap([{ at: beginning(0), frame: udpFrame(1, 'x').subarray(14) }], { linktype: 101 }));
    ringFile(1);
    const { capture, lines } = await search({ expression: 'ether multicast' });
    assert.equal(capture.facts?.linktype, 1);
    assert.match(lines[0]?.detail ?? '', /^linktype 101, while the savefile has 1: tcpdump does not accept this/);
    assert.equal(lines[1]?.outcome, 'searched');
  });

  test('stands in time by its first packet, whatever its name says', async () => {
    const files = [ringFile(2), ringFile(0), ringFile(1)];
    renameSync(files[0] ?? '', join(sensor.ring, 'dump-1.pcap'));
    renameSync(files[1] ?? '', join(sensor.ring, 'zz_00001_20260101000000'));
    const { capture, lines } = await search();
    assert.deepEqual(
      lines.map(({ from }) => from),
      [0, 1, 2].map(beginning),
    );
    const { stdout } = await execa('tcpdump', ['-nn', '-tt', '-r', capture.path]);
    const times = stdout.split('\n').map((line) => Number(line.split(' ')[0]));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });

  test('with packets longer than its own snaplen gives what tcpdump -r gives', async () => {
    const longer = ringFile(0, pcap(udpPackets(10, { from: beginning(0) }), { snaplen: 50 }));
    const { capture } = await search();
    assert.equal(capture.packets, 10);
    assert.ok(recordsOf(capture.path).equals(await selectedBy('udp', [longer])));
  });

  test('with packets as long as packets get is read like any other', async () => {
    const frame = Buffer.concat([udpFrame(1, 'long'), Buffer.alloc(262_144 - 46)]);
    const long = ringFile(
      0,
      pcap(
        Array.from({ length: 9 }, (_, at) => ({ at: beginning(0) + at, frame })),
        { snaplen: 262_144 },
      ),
    );
    const { capture } = await search();
    assert.equal(capture.packets, 9);
    assert.ok(recordsOf(capture.path).equals(await selectedBy('udp', [long])));
  });
});

describe('while a search runs, a ring file', () => {
  /** Does something to the ring once the search has its plan. */
  async function meanwhile(act: () => void) {
    const order = { description: 'x', expression: 'udp', window: { since: null, until: null } };
    let id = '';
    for await (const { step, capture } of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
      id = capture.id;
      if (step === 'planned') act();
    }
    const capture = sensor.engine.peek(id);
    assert.equal(capture?.state, 'finished');
    return { packets: capture.packets, lines: sensor.engine.coverage(id) };
  }

  test('that is pruned is a line in the result', async () => {
    ringFile(0);
    const pruned = ringFile(1);
    ringFile(2);
    const { packets, lines } = await meanwhile(() => rmSync(pruned));
    assert.equal(packets, 20);
    assert.deepEqual(
      lines.map(({ outcome }) => outcome),
      ['searched', 'pruned', 'searched'],
    );
    assert.equal(lines[1]?.from, beginning(1));
  });

  test('whose name holds another file by now is told, and that one is not taken for it', async () => {
    ringFile(0);
    const replaced = ringFile(1);
    const { packets, lines } = await meanwhile(() => {
      const other = join(sensor.directory, 'other');
      writeFileSync(other, pcap(udpPackets(3, { from: beginning(5) })));
      renameSync(other, replaced);
    });
    assert.equal(packets, 10);
    assert.deepEqual([lines[1]?.outcome, lines[1]?.detail], ['pruned', 'another file has its name now']);
  });

  test('that is begun anew under the same name is told: its packets are gone', async () => {
    ringFile(0);
    const again = ringFile(1);
    for (const bytes of [Buffer.alloc(0), pcap(udpPackets(3, { from: beginning(1) + 7 }))]) {
      ringFile(1);
      const { packets, lines } = await meanwhile(() => writeFileSync(again, bytes));
      assert.equal(packets, 10);
      assert.equal(lines[1]?.outcome, 'pruned');
      assert.match(lines[1]?.detail ?? '', /begun anew/);
    }
  });

  test('that becomes a symbolic link is not followed', async () => {
    ringFile(0);
    const changed = ringFile(1);
    const { packets, lines } = await meanwhile(() => {
      rmSync(changed);
      symlinkSync('/etc/passwd', changed);
    });
    assert.equal(packets, 10);
    assert.equal(lines[1]?.outcome, 'unreadable');
  });
});
