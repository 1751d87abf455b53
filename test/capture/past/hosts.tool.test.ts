import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Program } from '../../../src/capture/bpf.ts';
import { compileProgram } from '../../../src/capture/compiler.ts';
import { CaptureError } from '../../../src/capture/errors.ts';
import { readIndicators } from '../../../src/capture/indicators.ts';
import { openScanner, translate } from '../../../src/capture/past/filter/scanner.ts';
import { compileHosts, type HostsIn } from '../../../src/capture/past/hosts.ts';
import { expandForVlan } from '../../../src/capture/vlan.ts';
import { select } from './filter/select.ts';
import { randomExpression } from './generate/expression.ts';
import { pcapFile } from './generate/file.ts';
import { adversarialPackets, linktypes } from './generate/packets.ts';
import { type Random, randomFrom } from './generate/random.ts';
import { numbered, others, padded, primitive, randomList, selectedTimes, timesIn } from './hosts.ts';

/** Another seed, other packets, lists and expressions. */
const seed = 20_261;

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'hosts-test-'));
});
after(() => rmSync(directory, { recursive: true }));

/** What the scanner selects with a list, by the records' times; undefined where the linktype has no such addresses. */
async function selected(file: Buffer, program: Program, list: readonly string[], where: HostsIn) {
  const hosts = await compileHosts(readIndicators(list.join('\n')), where).catch((error) => {
    if (error instanceof CaptureError && error.code === 'bad_expression') return undefined;
    throw error;
  });
  if (hosts === undefined) return undefined;
  const translation = translate(program, hosts);
  assert.ok(translation.translatable, 'why' in translation ? translation.why : '');
  return timesIn(select(openScanner(translation.module), file).records);
}

/** A random expression that libpcap compiles and that becomes WebAssembly; `everything` now and then. */
async function expressionFor(random: Random, linktype: number, isWanted: (expression: string) => boolean) {
  for (;;) {
    const expression = random.chance(0.3) ? 'everything' : randomExpression(random, linktype, 1);
    if (!isWanted(expression)) continue;
    const program = await compileProgram(expression, linktype).catch(() => undefined);
    if (program !== undefined && translate(program).translatable) return { expression, program };
  }
}

function difference(one: ReadonlySet<number>, other: ReadonlySet<number>): number[] {
  return [...one].filter((time) => !other.has(time));
}

/** Threads of tests side by side: tcpdump is what takes the time. */
async function sideBySide<Case>(cases: readonly Case[], act: (one: Case) => Promise<void>): Promise<void> {
  const waiting = cases.values();
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (const one of waiting) await act(one);
    }),
  );
}

const rounds = Object.entries(linktypes).flatMap(([name, linktype]) => {
  const isTaggable = linktype === linktypes.EN10MB || linktype === linktypes.IEEE802_11;
  return Array.from({ length: linktype === linktypes.EN10MB ? 10 : 2 }, (_, number) => ({
    where: `seed ${seed}, ${name} ${number}`,
    linktype,
    number,
    behindTags: isTaggable && number % 2 === 1,
  }));
});

describe('a list of hosts', () => {
  test('selects of the packets that the expression selects, cut or not, each that some host of it alone selects', async (context) => {
    const counts = { none: 0, some: 0, all: 0, refused: 0 };
    await sideBySide(rounds, async ({ where, linktype, number, behindTags }) => {
      const random = randomFrom(seed + linktype * 100 + number);
      const littleEndian = linktype !== linktypes.EN10MB || number % 3 > 0;
      const file = pcapFile(numbered(adversarialPackets(random, linktype, 600)), { linktype, littleEndian });
      const path = join(directory, `cut-${linktype}-${number}.pcap`);
      writeFileSync(path, file);
      const list = randomList(random);
      const { expression, program } = await expressionFor(random, linktype, () => true);
      const said = `${where}: ${expression} with ${list.join(' ')}`;
      const found = await selected(file, program, [...list, ...others(200)], {
        linktype,
        littleEndian: true,
        behindTags,
      });
      const each = await Promise.all(
        list.map((net) => selectedTimes(path, behindTags ? expandForVlan(primitive(net)) : primitive(net))),
      );
      const bySome = new Set(each.flatMap((times) => [...(times ?? [])]));
      const byExpression = (await selectedTimes(path, expression)) ?? new Set();
      const wanted = new Set([...byExpression].filter((time) => bySome.has(time)));
      if (found === undefined) {
        assert.equal(bySome.size, 0, said);
        counts.refused += 1;
        return;
      }
      assert.deepEqual([difference(found, wanted), difference(wanted, found)], [[], []], said);
      counts[found.size === 0 ? 'none' : found.size === byExpression.size ? 'all' : 'some'] += 1;
    });
    context.diagnostic(JSON.stringify(counts));
    assert.ok(counts.some > rounds.length / 3, JSON.stringify(counts));
  });

  test('selects what tcpdump selects with all hosts in one expression, but for packets that are cut inside of their headers', async (context) => {
    let extra = 0;
    await sideBySide(
      rounds.filter(({ behindTags }) => !behindTags),
      async ({ where, linktype, number }) => {
        const random = randomFrom(seed + linktype * 100 + number + 50);
        const list = randomList(random);
        // What follows a tag, a label or a tunnel in one expression is looked for behind it.
        const shifts = /vlan|mpls|pppoes|geneve/;
        const { expression, program } = await expressionFor(random, linktype, (text) => !shifts.test(text));
        const ored = list.map(primitive).join(' or ');
        const whole = expression === 'everything' ? ored : `(${expression}) and (${ored})`;
        const cut = numbered(adversarialPackets(random, linktype, 600));
        for (const [kind, packets] of [
          ['cut', cut],
          ['whole', padded(cut)],
        ] as const) {
          const file = pcapFile(packets, { linktype });
          const path = join(directory, `${kind}-${linktype}-${number}.pcap`);
          writeFileSync(path, file);
          const wanted = (await selectedTimes(path, whole)) ?? new Set();
          const found = await selected(file, program, list, { linktype, littleEndian: true, behindTags: false });
          const said = `${where}, ${kind}: ${whole}`;
          assert.deepEqual(difference(wanted, found ?? new Set()), [], said);
          const more = difference(found ?? new Set(), wanted);
          if (kind === 'whole') assert.deepEqual(more, [], said);
          extra += more.length;
        }
      },
    );
    context.diagnostic(`${extra} packets that are cut were selected besides`);
  });

  test('of 1,000 selects what tcpdump -O selects', async () => {
    const random = randomFrom(seed);
    const path = join(directory, 'long.pcap');
    const file = pcapFile(padded(numbered(adversarialPackets(random, linktypes.EN10MB, 3_000))));
    writeFileSync(path, file);
    const list = [
      ...others(990),
      '10.0.0.0/30',
      '192.0.2.7',
      '198.51.100.255',
      '2001:db8::7',
      'fd00::/8',
      '2001:db8:0:1::/64',
    ];
    const program = await compileProgram('port 53 or port 443', linktypes.EN10MB);
    const ored = list.map(primitive).join(' or ');
    const wanted = await selectedTimes(path, `(port 53 or port 443) and (${ored})`, '-O');
    const found = await selected(file, program, list, { linktype: 1, littleEndian: true, behindTags: false });
    assert.ok(found !== undefined && wanted !== undefined && found.size > 10);
    assert.deepEqual([difference(found, wanted), difference(wanted, found)], [[], []]);
  });

  test('of addresses that a linktype cannot have is refused', async () => {
    const where = { littleEndian: true, behindTags: false };
    await assert.rejects(compileHosts(['192.0.2.7/32'], { linktype: linktypes.IPV6, ...where }), {
      code: 'bad_expression',
      message: /no packet of linktype 229 can have a host of the list/,
    });
    await assert.rejects(compileHosts(['192.0.2.7/32'], { linktype: 239, ...where }), /NFLOG link-layer type/);
  });
});
