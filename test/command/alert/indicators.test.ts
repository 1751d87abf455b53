import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { netOf } from '../../../src/capture/indicators.ts';
import { indicatorsIn, mostInAlert, primitive } from '../../../src/command/alert/indicators.ts';

for (const [text, ...expected] of [
  ['beacon from 10.0.0.5:51234 -> 203.0.113.9:4444', 'host 10.0.0.5', 'port 51234', 'host 203.0.113.9', 'port 4444'],
  ['1.2.3[.]4 and 5[.]6[.]7[.]8', 'host 1.2.3.4', 'host 5.6.7.8'],
  ['1(.)2(.)3(.)4, 5[dot]6[dot]7[dot]8 9{.}9.9\\.9', 'host 1.2.3.4', 'host 5.6.7.8', 'host 9.9.9.9'],
  ['hxxp://1.2.3.4:8080/x', 'host 1.2.3.4', 'port 8080'],
  ['hxxps[://]1.2.3[.]4/24', 'host 1.2.3.4'],
  ['2001[:]db8[:][:]1 and 2001:DB8::/32', 'host 2001:db8::1', 'net 2001:db8::/32'],
  ['<http://1.2.3.4|1.2.3.4> and <https://5.6.7.8:8443/a|a link>', 'host 1.2.3.4', 'host 5.6.7.8', 'port 8443'],
  ['<@U1> in <#C1|soc> saw `1.2.3.4` &lt;5.6.7.8&gt; ```9.9.9.9```', 'host 1.2.3.4', 'host 5.6.7.8', 'host 9.9.9.9'],
  ['[2001:db8::1]:443 fe80::1%eth0', 'host 2001:db8::1', 'port 443', 'host fe80::1'],
  ['src:2001:db8::1, dst=1.2.3.4:53.', 'host 2001:db8::1', 'host 1.2.3.4', 'port 53'],
  ['10.1.2.3/8 10.0.0.0/8 1.2.3.4/32', 'net 10.0.0.0/8', 'host 1.2.3.4'],
  ['connect to 2001:db8::1: refused', 'host 2001:db8::1'],
  ['::ffff:1.2.3.4', 'host 1.2.3.4'],
  ['port 4444, ports 80, 443 and 8080', 'port 4444', 'port 80', 'port 443', 'port 8080'],
  ['443/tcp udp/53 dst_port=22 sport 51234', 'port 443', 'port 53', 'port 22'],
  ['1.2.3.4 again 1.2.3.4, 1[.]2.3.4', 'host 1.2.3.4'],
] as const) {
  test(`in ${JSON.stringify(text)} there are ${expected.join(', ')}`, () => {
    assert.deepEqual(indicatorsIn(text).map(primitive), expected);
  });
}

for (const text of [
  'nginx 1.2.3.4.5',
  'version 1.2.3.4, v1.2.3.4, firmware: 10.1.2.3',
  'Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36',
  'openssl-1.0.2.5 1.2.3.4-rc1',
  'at 12:30:45, or 2026-11-24T12:30:45.123',
  'aa:bb:cc:dd:ee:ff and 00:11:22:33:44:55:66:77',
  'd41d8cd98f00b204e9800998ecf8427e',
  `SHA-1 ${'ab:cd:'.repeat(12)}01`,
  '999.1.1.1 and 256.1.1.1, 010.1.1.1',
  'std::string dead::beef a::1 12::30',
  '0.0.0.0/0 :: ::/0 0.0.0.0',
  'port 0, port 65536, port 12:30, export 22, port 22.5',
  'support 24 hours',
  '1.2.3',
  '',
]) {
  test(`in ${JSON.stringify(text)} there is none`, () => assert.deepEqual(indicatorsIn(text), []));
}

test('private and public addresses, and what else is no host of the internet, are told apart', () => {
  const reachOf = (text: string) =>
    indicatorsIn(text).map((indicator) => (indicator.kind === 'port' ? '' : indicator.reach));
  for (const [reach, text] of [
    ['public', '8.8.8.8 172.15.0.1 172.32.0.1 2606:4700::1111 64:ff9b::808:808 100.128.0.1'],
    ['private', '10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fd00::1 192.168.0.0/16'],
    ['shared', '100.64.0.1 100.127.255.255'],
    ['loopback', '127.0.0.53 ::1'],
    ['link-local', '169.254.169.254 fe80::1'],
    ['multicast', '224.0.0.251 239.255.255.250 ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['documentation', '192.0.2.7 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1'],
    ['benchmarking', '198.18.0.1 198.19.255.1 2001:2::1'],
    ['reserved', '0.1.2.3 240.0.0.1 192.0.0.8'],
  ]) {
    const reaches = reachOf(text ?? '');
    assert.equal(reaches.length, text?.split(' ').length);
    assert.deepEqual([...new Set(reaches)], [reach], text);
  }
});

test('a text is read up to 10,000 characters, and an address that the end cuts is none', () => {
  assert.deepEqual(indicatorsIn(`${'x '.repeat(4_996)}1.2.3.45 9.9.9.9`), []);
  assert.deepEqual(indicatorsIn(`9.9.9.9 ${'x'.repeat(20_000)}`).map(primitive), ['host 9.9.9.9']);
  const many = Array.from({ length: 2_000 }, (_, at) => `1.2.${at >> 8}.${at & 255}`).join(' ');
  assert.equal(indicatorsIn(many).length, mostInAlert);
});

const pieces = fc.constantFrom(
  ...['1', '25', '.', '[.]', ':', '::', '[:]', '/', '10.0.0.', '2001:db8', 'fe80', '%', '[', ']', '<http://', '|', '>'],
  ...[' ', '\n', 'port ', 'hxxp://', 'src=', ',', '&lt;', '`', 'ab', '/24', '\u202e', '\u200b', '999', '-', '@'],
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(pieces, { maxLength: 120 }).map((some) => some.join('')),
  // What makes a careless pattern try again and again.
  fc.tuple(pieces, fc.integer({ min: 1, max: 10_000 }), pieces).map(([one, times, end]) => one.repeat(times) + end),
);

test('whatever the text, what comes back is an address, a canonical net or a port, each once', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const found = indicatorsIn(text);
      assert.equal(new Set(found.map(primitive)).size, found.length);
      for (const { kind, value } of found) {
        if (kind === 'host') assert.ok(isIP(value) > 0, value);
        else if (kind === 'net') assert.equal(netOf(value), value);
        else assert.ok(/^[1-9]\d{0,4}$/.test(value) && Number(value) <= 65_535, value);
      }
    }),
    { numRuns: 2_000 },
  );
});

const addresses = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((address) => /^[23][\da-f]{3}:/.test(address)),
);
test('an address of the internet is found however it was taken apart', () => {
  const apart = [
    (address: string) => address,
    (address: string) => address.replaceAll('.', '[.]').replaceAll(':', '[:]'),
    (address: string) => `<http://${address.includes(':') ? `[${address}]` : address}/|${address}>`,
  ];
  fc.assert(
    fc.property(addresses, fc.constantFrom(...apart), (address, defang) => {
      fc.pre(!address.startsWith('0.0.0.0'));
      const value = netOf(address)?.replace(/\/\d+$/, '');
      assert.ok(
        indicatorsIn(`seen: ${defang(address)}, blocked`).some((indicator) => indicator.value === value),
        address,
      );
    }),
  );
});
