import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import fc from 'fast-check';
import { arpFrame, echoFrame, type Path, station, tcpFlags, tcpFrame, udpFrame } from '../../sandbox/ring/packets.ts';
import { expandForVlan, missesTags } from '../../src/capture/vlan.ts';
import { forEthernet } from './expressions.ts';
import { pcap } from './pcaps.ts';
import { selectedBy, timesOf } from './reference.ts';

/** The same frames three times: without a tag, with one, with two. */
const tagsOf = [[], [20], [100, 20]];
const untagged = mixed([]);

/** One of each kind, between hosts that the expressions name and others. */
function mixed(vlans: readonly number[]): Buffer[] {
  const [desk, shop, other] = ['10.1.0.5', '192.0.2.7', '192.0.2.8'].map((ip, at) =>
    station(`00:00:5e:00:53:0${at + 1}`, ip),
  );
  const [desk6, shop6] = ['2001:db8::10', '2001:db8::7'].map((ip, at) => station(`00:00:5e:00:53:0${at + 1}`, ip));
  assert.ok(desk && shop && other && desk6 && shop6);
  const segment = { sequence: 1, acknowledged: 0, flags: tcpFlags.syn };
  const payload = Buffer.alloc(1_200, 'GET ');
  const paths: Path[] = [
    [desk, shop],
    [shop, desk],
    [desk, other],
    [desk6, shop6],
  ].map(([from = desk, to = shop]) => ({ from, to, vlans }));
  const [first = { from: desk, to: shop }] = paths;
  return paths
    .flatMap((path) => [
      udpFrame(path, 40_000, 53, Buffer.from('name')),
      udpFrame(path, 6_001, 4_711, payload),
      tcpFrame(path, { ...segment, fromPort: 40_001, toPort: 80 }),
      tcpFrame(path, { ...segment, fromPort: 22, toPort: 40_002, flags: tcpFlags.psh | tcpFlags.ack }, payload),
      echoFrame(path, 'request', 1, 1),
    ])
    .concat([arpFrame(first, 'request'), arpFrame(first, 'reply')]);
}

let directory: string;
let file: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'vlan-selects-'));
  file = join(directory, 'mixed.pcap');
  writeFileSync(file, pcap(tagsOf.flatMap(mixed).map((frame, at) => ({ at: at + 1, frame }))));
});
after(() => rmSync(directory, { recursive: true }));

/** The places in the file of what `tcpdump -r` selects; undefined where libpcap does not compile it. */
async function selected(expression: string): Promise<Set<number> | undefined> {
  const compiled = await execa('tcpdump', ['-nn', '-r', file, '-ddd', '--', expression], { reject: false });
  return compiled.failed ? undefined : new Set(timesOf(await selectedBy(expression, [file])).map((at) => at - 1));
}

const sorted = (places: Iterable<number>) => [...places].sort((one, other) => one - other);

describe('the expanded form of an expression', () => {
  const shifting = /\b(?:mpls|pppoes|geneve)\b/;
  const primitives = forEthernet.filter((one) => missesTags(one) && !shifting.test(one));

  test('compiles wherever the plain one does, and selects what that selects and more', async () => {
    const joined = fc
      .tuple(
        fc.constantFrom(...primitives),
        fc.constantFrom('and', 'or', '&& !', 'or not'),
        fc.constantFrom(...primitives),
      )
      .chain(([first, join, second]) =>
        fc.constantFrom(`${first} ${join} ${second}`, `(${first}) ${join} (${second})`),
      );
    const negated = fc.constantFrom(...primitives).map((one) => `not (${one})`);
    const drawn = fc.sample(fc.oneof({ weight: 3, arbitrary: joined }, negated), { numRuns: 40, seed: 20_261_124 });
    let compiled = 0;
    for (const expression of new Set([...primitives, ...drawn])) {
      const plain = await selected(expression);
      if (plain === undefined) continue;
      const expanded = await selected(expandForVlan(expression));
      assert.ok(expanded !== undefined, `${expression} is not compiled behind tags`);
      assert.deepEqual(sorted(plain.difference(expanded)), [], expression);
      compiled += 1;
    }
    assert.ok(compiled > 100, `${compiled} were compiled`);
  });

  test('selects of tagged frames exactly those whose untagged twin the plain one selects', async () => {
    const plainly = [
      'host 192.0.2.7',
      'host 192.0.2.7 or host 192.0.2.8',
      'host 192.0.2.7 or 192.0.2.8 and port 53',
      'net 10.1 and tcp',
      'src host 10.1.0.5 and not port 53',
      'udp port 53 or tcp port 80',
      'udp portrange 6000-6063',
      'tcp[tcpflags] & tcp-syn != 0',
      'tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420',
      'ip6 host 2001:db8::7',
      'ip6 and udp',
      'icmp or icmp6',
      'arp host 192.0.2.7',
      'ether src 00:00:5e:00:53:01 and ip',
    ];
    for (const expression of plainly) {
      const twins = [...((await selected(expression)) ?? [])].filter((place) => place < untagged.length);
      assert.ok(twins.length > 0 && twins.length < untagged.length, expression);
      const expected = tagsOf.flatMap((_, tags) => twins.map((place) => place + tags * untagged.length));
      assert.deepEqual(sorted((await selected(expandForVlan(expression))) ?? []), sorted(expected), expression);
    }
  });

  test('that only excludes selects all tagged frames of a file, as the plain one does', async () => {
    const plain = (await selected('not port 53')) ?? new Set();
    const expanded = await selected(expandForVlan('not port 53'));
    assert.deepEqual(sorted(expanded ?? []), sorted(plain));
    assert.ok([...plain].filter((place) => place >= untagged.length).length === 2 * untagged.length);
  });
});
