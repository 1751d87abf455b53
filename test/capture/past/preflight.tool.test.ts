import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { writeHistory } from '../../../sandbox/ring/history.ts';
import type { Engine } from '../../../src/capture/door.ts';
import { openEngine } from '../../../src/capture/engine.ts';
import type { AskedSearch, SearchOrder } from '../../../src/capture/orders.ts';
import type { Pace } from '../../../src/capture/paces.ts';
import type { Preflight } from '../../../src/capture/preflight.ts';
import { preflightLines } from '../../../src/reports/preflight.ts';
import { allOf, auditOf, errorsInto, openSensor, type Sensor, searched, standing } from '../sensor.ts';

const day = { from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-03-02T00:00:00Z') };
const rare = 'host 192.0.2.251';

describe('before a search', () => {
  let sensor: Sensor;
  let paths: string[];
  let bytes: number;

  before(async () => {
    sensor = openSensor();
    const history = await writeHistory({ directory: sensor.ring, ...day, files: 6, bytesPerFile: 1_500_000, seed: 9 });
    paths = history.files.map(({ path }) => path);
    bytes = Number(
      execFileSync('du', ['-cb', ...paths], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .at(-1)
        ?.split('\t')[0],
    );
    // As a logger leaves them: each was written last when the next was begun.
    for (const [nth, path] of paths.entries())
      utimesSync(path, day.to, new Date(day.from.getTime() + (nth + 1) * 4 * 3_600_000));
  });
  after(() => sensor.close());

  const searchOf = (order: Partial<SearchOrder> = {}): AskedSearch => ({
    verb: 'search',
    order: { description: 'beacon', expression: rare, window: { since: null, until: null }, ...order },
  });
  /** What the engine of an installation with that limit says of a search. */
  const preflight = async (search: number, asked: AskedSearch = searchOf()): Promise<Preflight | null> => {
    const engine = withLimit(search);
    try {
      return await engine.preflight(asked, sensor.will);
    } finally {
      await engine.close();
    }
  };
  const withLimit = (search: number): Engine => {
    const limits = { ...sensor.config.limits, search };
    return openEngine({ config: { ...sensor.config, limits }, log: errorsInto([]), now: Date.now });
  };

  const paces = (): Pace[] => {
    const database = new Database(join(sensor.config.state, 'registry.sqlite'), { readonly: true });
    try {
      return database.prepare<[], Pace>("SELECT 'c' || capture AS id, bytes, milliseconds FROM paces").all();
    } finally {
      database.close();
    }
  };
  const searchedFor = async (order: Partial<SearchOrder>): Promise<string[]> => {
    const ended = (await searched(sensor, { exact: true, ...order })).at(-1)?.capture;
    assert.equal(ended?.state, 'finished');
    return [ended.id];
  };

  test('without an index all that the ring holds is to be read, and how long that takes is not known', async () => {
    const found = await preflight(1_000_000);
    assert.deepEqual(found, {
      rings: ['dmz'],
      files: 6,
      bytes,
      toRead: bytes,
      unindexed: { files: 6, bytes },
      slower: { files: 0, bytes: 0 },
      lasts: null,
      limit: 1_000_000,
    });
    assert.match(preflightLines(found).at(-1) ?? '', /not known: no search of dmz has shown it yet/);
  });

  test('how long it takes goes by what finished searches of the ring have read, and for how long', async () => {
    const [first] = await searchedFor({ expression: 'udp' });
    const [second] = await searchedFor({ expression: 'tcp port 443' });
    // Of one that tcpdump filters nothing is known of the others.
    await searchedFor({ expression: 'ip6 protochain 58', exact: true });
    const noted = paces();
    // But for the headers of the files.
    assert.deepEqual(
      noted.map(({ id, bytes: read }) => [id, read]),
      [first, second].map((id) => [id, bytes - 6 * 24]),
    );
    const took = noted.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const found = await preflight(1_000_000);
    assert.deepEqual(found?.lasts?.by, [second, first]);
    const expected = (bytes / (2 * (bytes - 6 * 24))) * took;
    assert.ok(Math.abs((found?.lasts?.milliseconds ?? 0) - expected) < 1, `${found?.lasts?.milliseconds}, ${expected}`);
    assert.match(found === null ? '' : (preflightLines(found).at(-1) ?? ''), /^About .* at the pace of c2 and c1$/);
  });

  test('nobody is asked about as much as the limit, nor about what is confirmed', async () => {
    assert.equal(await preflight(bytes), null);
    assert.ok(await preflight(bytes - 1));
    assert.equal(await preflight(0, searchOf({ confirmed: true })), null);
  });

  test('nothing of it is seen but an entry of the audit log, which says that it was not begun', async () => {
    const before = await standing(sensor);
    const entries = auditOf(sensor).length;
    await preflight(1_000_000);
    assert.deepEqual(await standing(sensor), before);
    const written = auditOf(sensor)
      .slice(entries)
      .filter(({ verb }) => verb === 'search');
    assert.deepEqual(
      written.map(({ outcome, analyst, words }) => [outcome, analyst, words]),
      [
        ['asked', 'will', 'as typed'],
        ['invalid', 'will', 'as typed'],
      ],
    );
    assert.match(written[1]?.detail ?? '', /^not begun unless it is confirmed: it would read \S+ of dmz, .*1MB/);
  });

  test('a window leaves out the files outside of it', async () => {
    const since = new Date('2026-03-01T20:30:00Z').getTime() * 1_000;
    const found = await preflight(1_000_000, searchOf({ window: { since, until: null } }));
    assert.deepEqual([found?.files, found?.toRead], [1, found?.bytes]);
    assert.equal(await preflight(2_000_000, searchOf({ window: { since, until: null } })), null);
  });

  test('before both the whole past of its interface is counted, and nothing is started', async () => {
    const asked = { verb: 'both', order: { description: 'beacon', expression: rare, since: null } } as const;
    const found = await preflight(1_000_000, asked);
    assert.equal(found?.toRead, bytes);
    assert.equal((await allOf(sensor)).filter(({ kind }) => kind === 'live').length, 0);
  });

  test('what speaks against a search is said as the search says it, and stands in the audit log once', async () => {
    const entries = auditOf(sensor).length;
    await assert.rejects(preflight(1_000_000, searchOf({ expression: 'hots 192.0.2.7' })), { code: 'bad_expression' });
    const engine = withLimit(1_000_000);
    await assert.rejects(engine.preflight(searchOf(), sensor.mona), { code: 'not_allowed' });
    await engine.close();
    assert.deepEqual(
      auditOf(sensor)
        .slice(entries)
        .map(({ outcome }) => outcome),
      ['asked', 'invalid', 'asked', 'refused'],
    );
  });

  test('files that are packed count as they lie there, and as slower', async () => {
    const [oldest = ''] = paths;
    execFileSync('gzip', ['-k', oldest]);
    const found = await preflight(1_000_000);
    rmSync(`${oldest}.gz`);
    assert.equal(found?.slower.files, 1);
    assert.ok((found?.slower.bytes ?? 0) > 0);
    assert.equal(found?.toRead, bytes + (found?.slower.bytes ?? 0));
    assert.equal(found?.unindexed.files, 6);
    assert.ok(
      preflightLines(found).some((line) => /^Packed or left to tcpdump, which is slower: 1 ring file/.test(line)),
    );
  });

  test('what only tcpdump filters is slower as a whole', async () => {
    const found = await preflight(1_000_000, searchOf({ expression: 'ip6 protochain 58', exact: true }));
    assert.deepEqual(
      [found?.slower, found?.unindexed],
      [
        { files: 6, bytes },
        { files: 0, bytes: 0 },
      ],
    );
  });

  test('with an index the same search reads less, and nobody is asked', async () => {
    const engine = withLimit(3_000_000);
    try {
      assert.ok(await engine.preflight(searchOf(), sensor.will));
      await Array.fromAsync(engine.index({}, sensor.grant, new AbortController().signal));
      assert.equal(await engine.preflight(searchOf(), sensor.will), null);
    } finally {
      await engine.close();
    }
    const found = await preflight(1_000_000);
    assert.deepEqual([found?.files, found?.unindexed.files], [6, 1]);
    assert.ok(found !== null && found.toRead < bytes / 2, `${found?.toRead} of ${bytes}`);
    assert.match(
      preflightLines(found).join('\n'),
      /the index leaves .* of that to be read\nWithout an index: 1 ring file,/,
    );
  });

  test('a search that an index helped says of its pace only what it read', async () => {
    const [id] = await searchedFor({ expression: rare });
    const noted = paces().at(-1);
    assert.equal(noted?.id, id);
    // The newest file alone, which has no index yet.
    assert.equal(noted?.bytes, statSync(paths.at(-1) ?? '').size - 24);
  });

  test('an index tells how much of a file is in the window', async () => {
    const since = new Date('2026-03-01T01:00:00Z').getTime() * 1_000;
    const until = new Date('2026-03-01T02:00:00Z').getTime() * 1_000;
    const found = await preflight(1, searchOf({ expression: 'everything', window: { since, until } }));
    assert.equal(found?.files, 1);
    assert.ok(found !== null && found.bytes < 1_000_000 && found.toRead === found.bytes, `${found?.bytes}`);
  });
});
