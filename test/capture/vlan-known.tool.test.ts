import assert from 'node:assert/strict';
import { mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { execa } from 'execa';
import { sampleCarriesTags } from '../../src/capture/ringfile.ts';
import { expandForVlan, isParent, seesTags } from '../../src/capture/vlan.ts';
import { type Packet, pcap, type Shape, udpFrame } from './pcaps.ts';
import { openSensor, type Sensor, searched } from './sensor.ts';

const expression = 'udp port 47116';
const rawIp = 101;
let sensor: Sensor;
let raw: string;
beforeEach(() => {
  sensor = openSensor();
  raw = join(sensor.directory, 'raw');
  mkdirSync(raw);
});
afterEach(() => sensor.close());

/** A frame to the port with a tag of this EtherType, so many seconds after the first. */
function tagged(seconds: number, type = 0x8100): Packet {
  const frame = udpFrame(47_116, 'tagged');
  const tag = Buffer.from([type >> 8, type & 0xff, 0, 20]);
  return { at: packetAt(seconds), frame: Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)]) };
}

function untagged(seconds: number): Packet {
  return { at: packetAt(seconds), frame: udpFrame(47_116, 'plain') };
}

function packetAt(seconds: number): number {
  return (1_795_486_205 + seconds) * 1e6;
}

function write(name: string, packets: readonly Packet[], shape: Shape = {}, directory = sensor.ring): string {
  const path = join(directory, name);
  writeFileSync(path, pcap(packets, shape));
  return path;
}

describe('tags in ring files', () => {
  const looksTagged = (...paths: string[]) => sampleCarriesTags(paths);

  test('are seen whatever their EtherType and the shape of the file', async () => {
    for (const type of [0x8100, 0x88a8, 0x9100]) {
      assert.ok(await looksTagged(write(`tag.${type}`, [untagged(0), tagged(1, type)])), String(type));
    }
    assert.ok(await looksTagged(write('big', [tagged(0)], { endian: 'big', nano: true })));
    const cut = pcap([tagged(0), tagged(1)]).subarray(0, -5);
    writeFileSync(join(sensor.ring, 'cut'), cut);
    assert.ok(await looksTagged(join(sensor.ring, 'cut')));
  });

  test('are not seen where there are none', async () => {
    assert.equal(await looksTagged(), false);
    assert.equal(await looksTagged(write('plain', [untagged(0)])), false);
    assert.equal(await looksTagged(write('another type', [tagged(0, 0x88cc)])), false);
    assert.equal(await looksTagged(write('no Ethernet', [tagged(0)], { linktype: rawIp })), false);
    const { at, frame } = tagged(0);
    assert.equal(await looksTagged(write('short', [{ at, frame: frame.subarray(0, 13) }])), false);
    writeFileSync(join(sensor.ring, 'text'), 'no pcap at all, and longer than the header of a pcap file');
    writeFileSync(join(sensor.ring, 'empty'), '');
    symlinkSync(write('target', [tagged(0)]), join(sensor.ring, 'link'));
    for (const name of ['text', 'empty', 'link', 'pruned'])
      assert.equal(await looksTagged(join(sensor.ring, name)), false);
  });

  test('are looked for in the newest, the oldest and the one in the middle', async () => {
    const paths = [0, 1, 2, 3, 4, 5, 6].map((at) => write(`plain.${at}`, [untagged(at)]));
    const tags = write('tags', [tagged(0)]);
    const seen = await Promise.all(paths.map((_, at) => looksTagged(...paths.with(at, tags))));
    assert.deepEqual(seen, [true, false, false, true, false, false, true]);
  });
});

describe('an interface is known to carry tags', () => {
  const started = async () => (await sensor.engine.start({ description: 'known', expression }, sensor.grant)).capture;

  test('by what a ring of it holds, without a search', async () => {
    assert.equal((await started()).expanded, null);
    write('daemonlogger.pcap.1', [untagged(0), tagged(1)]);
    assert.equal((await started()).expanded, expandForVlan(expression));
  });

  test('and what began before says at its end what it may miss, unless it asked for tags or for everything', async () => {
    const early = await started();
    const order = (typed: string) => sensor.engine.start({ description: typed, expression: typed }, sensor.grant);
    const [vlan, all] = [await order('vlan'), await order('everything')];
    write('daemonlogger.pcap.1', [untagged(0), tagged(1)]);
    await searched(sensor, { expression });
    const { capture: exact } = await sensor.engine.start(
      { description: 'exact', expression, exact: true },
      sensor.grant,
    );
    const ended = await sensor.engine.stop(null, sensor.grant);
    const whyOf = (id: string) => ended.find((each) => each.id === id)?.why ?? '';
    assert.match(
      whyOf(early.id),
      /; VLAN tags were seen on lo after it began: it took the expression as typed, and packets with two tags may be missing$/,
    );
    // Known when it began: that was told then.
    for (const { id } of [vlan.capture, all.capture, exact]) assert.doesNotMatch(whyOf(id), /^$|VLAN/);
  });

  test('by what a search of its ring has seen, for ever', async () => {
    const [planned] = await searched(sensor, { expression });
    assert.deepEqual([planned?.capture.expanded, planned?.step === 'planned' && planned.warnings], [null, []]);
    // The live look is only into the newest files.
    utimesSync(write('daemonlogger.pcap.1', [tagged(0)]), 0, 0);
    for (let at = 2; at < 7; at += 1) write(`daemonlogger.pcap.${at}`, [untagged(at)]);
    assert.equal((await started()).expanded, null);
    assert.equal((await searched(sensor, { expression })).at(-1)?.capture.packets, 6);
    assert.equal((await started()).expanded, expandForVlan(expression));
  });

  test('by interfaces for tags that the system has on it', () => {
    const known = [
      'VLAN Dev name	 | VLAN ID',
      'Name-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD',
      'eth0.100       | 100  | eth0',
      'guests         | 7  | bond0',
      '',
    ].join('\n');
    assert.deepEqual(
      ['eth0', 'bond0'].map((name) => isParent(known, name)),
      [true, true],
    );
    assert.deepEqual(
      ['eth0.100', 'eth', 'eth1', '', 'VLAN ID'].map((name) => isParent(known, name)),
      Array(5).fill(false),
    );
  });
});

describe('where the interface is known to carry tags, an expression', () => {
  beforeEach(() => {
    write('daemonlogger.pcap.1', [untagged(0), tagged(1), tagged(2)]);
  });
  const started = async (differing: { expression: string; exact?: boolean }) => {
    const { capture, warnings } = await sensor.engine.start({ description: 'known', ...differing }, sensor.grant);
    return { expanded: capture.expanded, warnings: warnings.join() };
  };

  test('with "vlan" in it, or for everything, is taken as typed, and that is no matter for a warning', async () => {
    for (const words of ['vlan', 'vlan 20 and udp port 47116', 'not vlan and udp', 'udp or (vlan and udp)']) {
      assert.deepEqual(await started({ expression: words }), { expanded: null, warnings: '' }, words);
      const [planned] = await searched(sensor, { expression: words });
      assert.deepEqual([planned?.capture.expanded, planned?.step === 'planned' && planned.warnings], [null, []], words);
    }
    assert.equal((await started({ expression: 'everything' })).expanded, null);
  });

  test('that libpcap does not compile behind tags is taken as typed, and why is said', async () => {
    const why: readonly (readonly [string, RegExp])[] = [
      ['mpls 5 and udp', /taken as typed, since "mpls" cannot .*: it misses packets with two tags$/],
      ['pppoes and udp', /taken as typed, since "pppoes" cannot/],
      ['geneve', /taken as typed, since "geneve" cannot/],
      [
        'ip protochain 17',
        /taken as typed \(behind tags: .*'protochain' not supported.*\): it misses packets with two/,
      ],
    ];
    for (const [words, said] of why) {
      const { expanded, warnings } = await started({ expression: words });
      assert.equal(expanded, null);
      assert.match(warnings, said);
    }
  });

  test('for a ring whose linktype has no tags is taken as typed, and why is said', async () => {
    write('daemonlogger.pcap.1', [], { linktype: rawIp }, raw);
    write(
      'daemonlogger.pcap.2',
      [{ ...untagged(0), frame: udpFrame(47_116, 'raw').subarray(14) }],
      { linktype: rawIp },
      raw,
    );
    const { config, engine, grant } = sensor;
    const rings = [...config.rings, { name: 'raw', path: raw, interface: 'lo' }];
    const other = openSensor({ state: config.state, captures: config.captures, rings });
    try {
      await searched(sensor, { expression });
      const steps = await searched(other, { expression, rings: ['raw'] });
      assert.deepEqual([steps.at(-1)?.capture.expanded, steps.at(-1)?.capture.packets], [null, 1]);
      assert.ok(steps[0]?.step === 'planned');
      assert.match(steps[0].warnings.join(), /taken as typed \(behind tags: .*no VLAN support for Raw IP\)/);
      assert.equal((await engine.list({ all: true }, grant)).length, 2);
    } finally {
      await other.close();
    }
  });

  test('cannot leave its brackets: what libpcap does not take alone is refused at both', async () => {
    for (const words of [
      'udp) or (tcp',
      'udp)) or ((tcp',
      'udp # comment',
      'udp -- x',
      '(udp',
      'udp)',
      'udp /* x',
      'udp \\',
    ]) {
      const refused = { code: 'bad_expression' };
      await assert.rejects(started({ expression: words }), refused, words);
      await assert.rejects(searched(sensor, { expression: words }), refused, words);
    }
  });

  test('whose expanded form takes too long to compile is taken as typed, and why is said', async () => {
    const long = Array.from({ length: 350 }, (_, at) => `host 10.${at % 2}.${at >> 1}.1`).join(' or ');
    const { expanded, warnings } = await started({ expression: long });
    assert.equal(expanded, null);
    assert.match(warnings, /behind tags: libpcap needs more than 4 s to compile this expression/);
  });
});

test('the look on the wire leaves the machine’s devices to whom they belong', async () => {
  const owner = () => statSync('/dev/null').uid;
  const before = owner();
  const { stdout: tcpdump } = await execa('id', ['-u', 'tcpdump'], { reject: false });
  assert.notEqual(String(before), tcpdump, 'it was given away before: chown root:root /dev/null');
  assert.equal(await seesTags('lo', 250), false);
  assert.equal(owner(), before);
});
