import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { compileProgram } from '../../../../src/capture/compiler.ts';
import { CaptureError } from '../../../../src/capture/errors.ts';
import { readIndicators } from '../../../../src/capture/indicators.ts';
import { openScanner, translate } from '../../../../src/capture/past/filter/scanner.ts';
import { compileHosts, type HostsIn } from '../../../../src/capture/past/hosts.ts';
import { searchConditionOf } from '../../../../src/capture/past/ringindex/listed.ts';
import { blocksOf, has } from '../../../../src/capture/past/ringindex/lookup.ts';
import { select } from '../filter/select.ts';
import { randomExpression } from '../generate/expression.ts';
import { pcapFile } from '../generate/file.ts';
import { adversarialPackets, linktypes } from '../generate/packets.ts';
import { type Random, randomFrom } from '../generate/random.ts';
import { others, randomList, timesIn } from '../hosts.ts';
import { indexOf, words } from './indexed.ts';

/** Another seed searches further: `SEED=7 LISTS=2000 node --test test/capture/past/ringindex/listed.tool.test.ts`. */
const seed = Number(process.env.SEED ?? 20_261_124);
const lists = Number(process.env.LISTS ?? 150);

const directory = mkdtempSync(join(tmpdir(), 'listed-'));
after(() => rmSync(directory, { recursive: true }));

const { EN10MB, RAW, LINUX_SLL, LINUX_SLL2, NULL } = linktypes;

async function programsOf(list: readonly string[], where: HostsIn) {
  return compileHosts(readIndicators(list.join('\n')), where).catch((error) => {
    if (error instanceof CaptureError && error.code === 'bad_expression') return undefined;
    throw error;
  });
}

function sampleOf(random: Random, linktype: number, name: string) {
  const packets = adversarialPackets(random, linktype, 600).map((packet, at) => ({
    ...packet,
    seconds: at,
    fraction: 0,
  }));
  const bytes = pcapFile(packets, { linktype });
  const file = join(directory, name);
  writeFileSync(file, bytes);
  return { linktype, bytes, index: indexOf(file, 1) };
}

test('no packet that a list of hosts selects is outside the blocks that the index gives, of any list, expression and file', async (t) => {
  const random = randomFrom(seed);
  const samples = [EN10MB, EN10MB, EN10MB, RAW, LINUX_SLL, LINUX_SLL2, NULL].map((linktype, at) =>
    sampleOf(random, linktype, `sample-${at}`),
  );
  const seen = { tried: 0, selected: 0, blocks: 0, candidates: 0 };
  while (seen.tried < lists) {
    const { linktype, bytes, index } = random.one(samples);
    const list = [...randomList(random).filter(() => random.chance(0.3)), ...others(random.integer(300) + 1)];
    const expression = random.chance(0.6) ? '' : randomExpression(random, linktype, 1);
    const program = await compileProgram(expression, linktype).catch(() => undefined);
    const behindTags = linktype === EN10MB && random.chance(0.5);
    const hosts = await programsOf(list, { linktype, littleEndian: true, behindTags });
    if (program === undefined || hosts === undefined) continue;
    const translation = translate(program, hosts);
    if (!translation.translatable) continue;
    const selected = timesIn(select(openScanner(translation.module), bytes).records);
    const found = blocksOf(searchConditionOf(program, hosts, linktype), index);
    const missed = [...selected].filter((place) => !has(found, place));
    assert.deepEqual(missed, [], `seed ${seed}: ${expression} with ${list.join(' ')}, linktype ${linktype}`);
    seen.tried += 1;
    seen.selected += selected.size;
    seen.blocks += index.head.blockCount;
    for (let place = 0; place < index.head.blockCount; place += 1) seen.candidates += has(found, place) ? 1 : 0;
  }
  for (const { index } of samples) index.close();
  t.diagnostic(JSON.stringify(seen));
  assert.ok(seen.selected > seen.tried * 5, 'lists meet packets');
  assert.ok(seen.candidates < seen.blocks / 2, 'the index excludes most blocks');
});

test('a list is asked of an index as tables of sorted ranges, whatever its length, besides what the expression needs', async () => {
  const list = ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32', '2001:db8:1::7', ...others(900)];
  const hosts = await programsOf(list, { linktype: EN10MB, littleEndian: true, behindTags: false });
  assert.ok(hosts);
  const condition = searchConditionOf(await compileProgram('port 53', EN10MB), hosts, EN10MB);
  assert.ok(condition.length < 40, `${condition.length} nodes`);
  const said = words(condition);
  for (const part of [
    'port 53',
    '(ethertype 800 & IPv4 in',
    '(ethertype 86dd & IPv6 in 1 ranges of 1 words',
    'ranges of 4 words',
  ])
    assert.ok(said.includes(part), `${part} in ${said}`);
});

test('of all addresses an index knows that they are addresses, and of an address that is nowhere that it is', async () => {
  const random = randomFrom(seed);
  const { index } = sampleOf(random, EN10MB, 'nowhere');
  const where = { linktype: EN10MB, littleEndian: true, behindTags: true };
  const found = async (list: readonly string[]) =>
    blocksOf(
      searchConditionOf(await compileProgram('', EN10MB), (await programsOf(list, where)) ?? null, EN10MB),
      index,
    );
  assert.equal(await found(others(900)), 'none');
  assert.notEqual(await found(['0.0.0.0/0']), 'none');
  index.close();
});
