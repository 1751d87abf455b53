import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Fields, noFields, readFields } from '../../src/command/fields.ts';

for (const [fields, expression] of [
  [{ address: '192.0.2.7' }, 'host 192.0.2.7'],
  [{ address: '192.0.2[.]7, 10.1.2.3/8', port: '53' }, '(host 192.0.2.7 or net 10.0.0.0/8) and port 53'],
  [
    { address: '2001:db8::1', direction: 'from', protocol: 'tcp', port: '443 8000-8080' },
    'tcp and src host 2001:db8::1 and (port 443 or portrange 8000-8080)',
  ],
  [{ port: '53', direction: 'to', protocol: 'udp' }, 'udp and dst port 53'],
  [{ protocol: 'icmp' }, '(icmp or icmp6)'],
  [{ address: ' Everything', port: '53' }, 'port 53'],
] as const) {
  test(`${JSON.stringify(fields)} means ${expression}, which libpcap compiles`, () => {
    assert.deepEqual(readFields({ ...noFields, ...fields }), { expression });
    execFileSync('tcpdump', ['-nn', '-y', 'EN10MB', '-d', '--', expression], { stdio: ['ignore', 'ignore', 'pipe'] });
  });
}

test('everything as the address is every packet', () => {
  assert.deepEqual(readFields({ ...noFields, address: 'everything' }), { expression: 'everything' });
});

for (const [fields, field, why] of [
  [{}, 'address', /an address or a port is missing; for all packets write everything here/],
  [{ address: 'shop.example' }, 'address', /'shop.example' is neither an address nor a net.*DNS/],
  [{ address: '10.0.0.1', port: 'ssh' }, 'port', /'ssh' is not a port: write 53/],
  [{ port: '65536' }, 'port', /not a port/],
  [{ port: '90-80' }, 'port', /not a port/],
  [{ protocol: 'icmp', port: '7' }, 'port', /ICMP has no ports/],
] as const) {
  test(`${JSON.stringify(fields)}: the ${field} is wrong`, () => {
    const meant = readFields({ ...noFields, ...fields });
    assert.ok('wrong' in meant);
    assert.match(meant.wrong[field] ?? '', why);
  });
}

test('whatever stands in the fields, nothing but addresses and ports comes into the expression', () => {
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('10.0.0.1', '53', '-w /x', ') or ('),
  );
  const all: fc.Arbitrary<Fields> = fc.record({
    address: words,
    port: words,
    protocol: fc.constantFrom('any' as const, 'tcp' as const),
    direction: fc.constantFrom('either' as const, 'to' as const),
  });
  fc.assert(
    fc.property(all, (fields) => {
      const meant = readFields(fields);
      if ('expression' in meant)
        assert.match(
          meant.expression,
          /^[a-f\d.:/() -]*(?:(?:tcp|and|or|src|dst|host|net|port|portrange)[a-f\d.:/() -]*)+$/,
        );
    }),
  );
});
