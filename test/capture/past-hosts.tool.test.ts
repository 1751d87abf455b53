import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { station, udpFrame } from '../../sandbox/ring/packets.ts';
import type { SearchOrder } from '../../src/capture/orders.ts';
import { pcapFile, type Shape } from './past/generate/file.ts';
import { adversarialPackets, linktypes } from './past/generate/packets.ts';
import { randomFrom } from './past/generate/random.ts';
import { numbered, padded, selectedTimes, timesIn } from './past/hosts.ts';
import { pcap } from './pcaps.ts';
import { recordsOf } from './reference.ts';
import { openSensor, type Sensor, searched } from './sensor.ts';

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor();
});
afterEach(() => sensor.close());

const list = ['192.0.2.7', '10.0.0.0/30', '2001:db8::/64', 'fd00:1234:5678:9abc:def0::ff'];
const ored = 'host 192.0.2.7 or net 10.0.0.0/30 or net 2001:db8::/64 or host fd00:1234:5678:9abc:def0::ff';

async function search(order: Partial<SearchOrder>) {
  const steps = await searched(sensor, { hosts: list, ...order });
  const planned = steps.find(({ step }) => step === 'planned');
  const capture = steps.at(-1)?.capture;
  assert.ok(capture?.endedAt && planned?.step === 'planned');
  return { capture, warnings: planned.warnings, times: timesIn(recordsOf(capture.path)) };
}

/** A ring file of adversarial packets, none of them cut; gives where to find it unpacked. */
function ringFile(name: string, shape: Shape = {}, pack: (bytes: Buffer) => Buffer = (bytes) => bytes): string {
  const random = randomFrom(name.length + (shape.linktype ?? 1));
  const file = pcapFile(numbered(padded(adversarialPackets(random, shape.linktype ?? 1, 1_500))), shape);
  const plain = join(sensor.directory, name);
  writeFileSync(plain, file);
  writeFileSync(join(sensor.ring, name), pack(file));
  return plain;
}

describe('a search for a list of hosts', () => {
  test('finds what tcpdump finds with all of them in one expression', async () => {
    const plain = ringFile('one.pcap');
    for (const expression of ['everything', 'tcp or port 53']) {
      const { capture, times } = await search({ expression, exact: true });
      const wanted = await selectedTimes(plain, expression === 'everything' ? ored : `(${expression}) and (${ored})`);
      assert.ok(times.size > 10 && times.size < 1_000, `${times.size} packets`);
      assert.deepEqual(times, wanted);
      assert.equal(capture.packets, times.size);
      assert.equal(capture.expression, expression);
    }
  });

  const left: readonly [
    title: string,
    shape: Shape,
    pack: ((bytes: Buffer) => Buffer) | undefined,
    expression: string,
  ][] = [
    ['in a packed file', {}, gzipSync, 'not port 80'],
    [
      'in a file of the other byte order that is left to tcpdump',
      { littleEndian: false, linktype: linktypes.NULL },
      undefined,
      'len > 20',
    ],
    ['with an expression that is left to tcpdump', {}, undefined, 'not ip protochain 200'],
  ];
  for (const [title, shape, pack, expression] of left) {
    test(`finds the same ${title}`, async () => {
      const plain = ringFile('left.pcap', shape, pack);
      const { times } = await search({ expression, exact: true });
      assert.ok(times.size > 10, `${times.size} packets`);
      assert.deepEqual(times, await selectedTimes(plain, `(${expression}) and (${ored})`));
    });
  }

  test('looks behind VLAN tags where the ring carries them, --exact does not, and an expression that speaks of them always does', async () => {
    const [shop, client] = [station('00:00:5e:00:53:02', '192.0.2.7'), station('00:00:5e:00:53:01', '192.0.2.1')];
    const tags = [[], [20], [100, 20], [7]];
    const frames = tags.map((vlans) => udpFrame({ from: shop, to: client, vlans }, 4_000, 9_996, Buffer.from('x')));
    const packets = frames.map((frame, at) => ({ at: (1_795_000_000 + at) * 1e6, frame }));
    writeFileSync(join(sensor.ring, 'tagged.pcap'), pcap(packets));
    const found = async (order: Partial<SearchOrder>) => {
      const { times, ...rest } = await search({ hosts: ['192.0.2.7'], ...order });
      return { ...rest, which: [...times].map((time) => time - 1_795_000_000) };
    };
    const all = await found({});
    assert.deepEqual(all.which, [0, 1, 2, 3]);
    assert.deepEqual([all.capture.hosts?.behindTags, all.capture.expanded], [true, null]);
    assert.match(
      all.warnings.join(),
      /carries VLAN tags: the list of hosts is matched without a tag, behind one and behind two/,
    );
    assert.deepEqual((await found({ expression: 'udp' })).which, [0, 1, 2, 3]);
    assert.deepEqual((await found({ expression: 'vlan 7' })).which, [3]);
    const exact = await found({ exact: true });
    assert.deepEqual([exact.which, exact.capture.hosts?.behindTags], [[0], false]);
    assert.match(exact.warnings.join(), /the list of hosts is taken as typed \(--exact\): it misses packets with tags/);
  });

  test('says that it does not look into what the expression leads into', async () => {
    ringFile('one.pcap');
    const { warnings } = await search({ expression: 'mpls' });
    assert.match(warnings.join(), /the hosts of the list are looked for in front of what "mpls" leads into, not in it/);
  });

  test('has the list on record: in the registry, in the sidecar, and under the digest that sha256sum makes of it', async () => {
    ringFile('one.pcap');
    const { capture } = await search({ hosts: ['192.0.2.7/32', '10.0.0.1/30', '192.0.2.7'] });
    const nets = ['10.0.0.0/30', '192.0.2.7/32'];
    const sha256 = createHash('sha256').update('10.0.0.0/30\n192.0.2.7/32\n').digest('hex');
    assert.deepEqual(capture.hosts, { entries: 2, sha256, behindTags: capture.hosts?.behindTags });
    assert.deepEqual(sensor.engine.hosts(capture.id), nets);
    const sidecar = join(sensor.captures, `${capture.savefile}.json`);
    const told = JSON.parse(readFileSync(sidecar, 'utf8'));
    assert.deepEqual(told.hosts, { ...capture.hosts, nets });
    const finding = async () => {
      const steps = await Array.fromAsync(
        sensor.engine.verify({ selector: capture.id, hash: false }, sensor.grant, new AbortController().signal),
      );
      return steps.flatMap((step) => (step.step === 'verified' ? [step.verified.sidecar] : []));
    };
    assert.deepEqual(await finding(), [{ sidecar: 'holds' }]);
    writeFileSync(sidecar, JSON.stringify({ ...told, hosts: { ...told.hosts, nets: nets.slice(1) } }));
    assert.deepEqual(await finding(), [{ sidecar: 'differs', keys: ['hosts'] }]);
  });

  test('of more hosts than a line of entries could hold is on record whole', async () => {
    ringFile('one.pcap');
    const hosts = Array.from({ length: 20_000 }, (_, at) => `2001:db8:${(at >> 8).toString(16)}:${at & 0xff}::/64`);
    const { capture } = await search({ hosts });
    assert.equal(capture.hosts?.entries, 20_000);
    assert.equal(sensor.engine.hosts(capture.id).length, 20_000);
    assert.equal(
      JSON.parse(readFileSync(join(sensor.captures, `${capture.savefile}.json`), 'utf8')).hosts.nets.length,
      20_000,
    );
  });

  test('reads past files of a linktype that cannot have such hosts, and says so', async () => {
    const plain = ringFile('ethernet.pcap');
    ringFile('raw6.pcap', { linktype: linktypes.IPV6 });
    const { capture, times } = await search({ hosts: ['192.0.2.7'], exact: true });
    assert.deepEqual(times, await selectedTimes(plain, 'host 192.0.2.7'));
    const told = sensor.engine.coverage(capture.id).map(({ file, outcome, detail }) => `${file} ${outcome} ${detail}`);
    assert.match(told.join('\n'), /^ethernet.pcap searched null$/m);
    assert.match(
      told.join('\n'),
      /^raw6.pcap other linktype .*: no packet of linktype 229 can have a host of the list/m,
    );
  });

  test('of what is no address is refused, and nothing is left of it', async () => {
    ringFile('one.pcap');
    await assert.rejects(search({ hosts: ['192.0.2.7', 'shop.example'] }), { code: 'bad_request', message: /line 2/ });
    assert.deepEqual(await sensor.engine.list({ all: true }, sensor.grant), []);
  });
});
