import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Instruction, Program } from '../../../../src/capture/bpf.ts';
import type { Condition } from '../../../../src/capture/past/ringindex/condition.ts';
import { conditionOf } from '../../../../src/capture/past/ringindex/derive.ts';
import { pcapFile } from '../generate/file.ts';
import { linktypes } from '../generate/packets.ts';
import { programFor, words } from './indexed.ts';

const directory = mkdtempSync(join(tmpdir(), 'ringindex-'));
after(() => rmSync(directory, { recursive: true }));

const { EN10MB, RAW, NULL, PPP } = linktypes;

function derived(expression: string, linktype: number = EN10MB, ...options: string[]): Condition {
  const file = join(directory, `linktype-${linktype}`);
  writeFileSync(file, pcapFile([], { linktype }));
  const program = programFor(file, expression, ...options);
  assert.ok(program, `tcpdump does not accept ${expression}`);
  return conditionOf(program, linktype);
}

const shop = 'ipv4 192.0.2.7';
const behindTag = `((inner ethertype 800 & ${shop}) | ((inner ethertype 806 & ${shop}) | (inner ethertype 8035 & ${shop})))`;
const known: readonly (readonly [expression: string, condition: string])[] = [
  ['host 192.0.2.7', `((ethertype 800 & ${shop}) | ((ethertype 806 & ${shop}) | (ethertype 8035 & ${shop})))`],
  ['ip src net 10.1.0.0/16', '(ethertype 800 & ipv4 10.1.0.0-10.1.255.255)'],
  ['udp port 53 and ip host 192.0.2.7', `(ethertype 800 & (protocol 17 & (port 53 & ${shop})))`],
  ['ip and udp dst portrange 1000-2000', '(ethertype 800 & (protocol 17 & port 1000-2000))'],
  ['vlan 7', '((ethertype 8100 & vlan 7) | ((ethertype 88a8 & vlan 7) | (ethertype 9100 & vlan 7)))'],
  [
    'vlan and host 192.0.2.7',
    `((ethertype 8100 & ${behindTag}) | ((ethertype 88a8 & ${behindTag}) | (ethertype 9100 & ${behindTag})))`,
  ],
  ['arp', 'ethertype 806'],
  ['icmp', '(ethertype 800 & protocol 1)'],
  ['tcp[tcpflags] & tcp-syn != 0', '(ethertype 800 & protocol 6)'],
  ['ip6 host 2001:db8::1', '(ethertype 86dd & ipv6 20010db8000000000000000000000001)'],
  [
    'ip6 src net 2001:db8::/33',
    '(ethertype 86dd & ipv6 20010db8000000000000000000000000-20010db87fffffffffffffffffffffff)',
  ],
  [
    'ip6 src net 2001:db8::/64',
    '(ethertype 86dd & ipv6 20010db8000000000000000000000000-20010db800000000ffffffffffffffff)',
  ],
  ['tcp and net 10 and not port 443', '(ethertype 800 & (protocol 6 & ipv4 10.0.0.0-10.255.255.255))'],
  ['ip6 protochain 6', 'ethertype 86dd'],
  ['mpls and host 192.0.2.7', 'ethertype 8847'],
  ['not port 22', 'everything'],
  ['ether host 02:00:00:00:00:01', 'everything'],
  ['greater 100', 'everything'],
];

for (const [expression, condition] of known)
  test(`what ${expression} selects has these terms`, () => {
    assert.equal(words(derived(expression)), condition);
  });

test('the same expression has terms on other linktypes, and none where the network protocol is not known', () => {
  assert.equal(words(derived('ip host 192.0.2.7', RAW)), `(ethertype 800 & ${shop})`);
  assert.equal(words(derived('ip host 192.0.2.7', NULL)), `(ethertype 800 & ${shop})`);
  assert.equal(words(derived('ip host 192.0.2.7', PPP)), 'everything');
});

test('what an analyst types is looked for behind tags, too, and keeps its terms there', () => {
  const condition = derived('(host 192.0.2.7) or (vlan and (host 192.0.2.7)) or (vlan and (host 192.0.2.7))');
  assert.notEqual(words(condition), 'everything');
  assert.deepEqual(
    [
      ...new Set(
        condition.flatMap((node) => (node.is === 'term' && node.term.kind === 'ipv4' ? [node.term.from] : [])),
      ),
    ],
    [0xc000_0207n],
  );
});

for (const options of [[], ['-O']]) {
  const how = options.length === 0 ? 'optimised' : 'not optimised';

  test(`40 hosts, ${how}, have a condition whose size grows with them, not with their square`, () => {
    const of = (count: number): Condition => derived(hosts(count), EN10MB, ...options);
    assert.equal(of(40).at(-1)?.is, 'either');
    assert.ok(of(40).length < of(20).length * 2.2, `${of(20).length} nodes, then ${of(40).length}`);
  });

  test(`40 hosts of IPv6 with prefixes in common, ${how}, keep every host`, () => {
    const expression = Array.from({ length: 40 }, (_, at) => `ip6 host 2001:db8:${at % 4}::${at + 1}`).join(' or ');
    const condition = derived(expression, EN10MB, ...options);
    const whole = condition.filter(
      (node) => node.is === 'term' && node.term.kind === 'ipv6' && node.term.from === node.term.to,
    );
    assert.equal(whole.length, 40);
  });
}

test('a program of tens of thousands of instructions neither overflows the stack nor takes long', () => {
  const fails = 60_000;
  const program: Program = [
    instruction(0x28, 12),
    instruction(0x15, 0x0800, 1, 0),
    instruction(0x06, 0),
    instruction(0x20, 26),
    ...Array.from({ length: fails }, (_, at) => [instruction(0x15, at, 0, 1), instruction(0x06, 65_535)]).flat(),
    instruction(0x06, 0),
  ];
  assert.deepEqual(words(conditionOf(program, EN10MB)), 'everything');
  const some = [...program.slice(0, 4 + 2 * 15_000), instruction(0x06, 0)];
  assert.equal(conditionOf(some, EN10MB).at(-1)?.is, 'both');
});

test('a program that leaves itself or makes no sense has the condition that excludes nothing', () => {
  assert.equal(words(conditionOf([], EN10MB)), 'everything');
  assert.equal(words(conditionOf([instruction(0x05, 0xffff_fff0)], EN10MB)), 'everything');
  assert.equal(words(conditionOf([instruction(0x15, 1, 200, 200)], EN10MB)), 'everything');
  assert.equal(words(conditionOf([instruction(0x06, 0)], EN10MB)), 'nothing');
});

function instruction(code: number, k: number, jt = 0, jf = 0): Instruction {
  return { code, jt, jf, k };
}

function hosts(count: number): string {
  return Array.from({ length: count }, (_, at) => `host 10.0.${at % 3}.${at + 1}`).join(' or ');
}
