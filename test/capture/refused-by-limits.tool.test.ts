import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Engine } from '../../src/capture/door.ts';
import { openEngine } from '../../src/capture/engine.ts';
import type { Config } from '../../src/config.ts';
import { digestOf } from '../../src/reports/digest.ts';
import { digestLines } from '../../src/reports/lines.ts';
import { errorsInto, openSensor } from './sensor.ts';

const order = { description: 'traffic to shop', expression: 'udp port 47113' };
const generous = { duration: 3_600_000, size: 1e9, perAnalyst: 5, freeSpace: 1, search: 100e9 };
const nobody = new AbortController().signal;

describe('an order that a limit refuses', () => {
  const sensor = openSensor();
  const { will } = sensor;
  after(() => sensor.close());

  const cases: readonly [
    limit: string,
    limits: Partial<Config['limits']>,
    give: (engine: Engine) => Promise<unknown>,
    code: string,
    why: RegExp,
  ][] = [
    [
      'perAnalyst',
      { perAnalyst: 0 },
      (engine) => engine.start(order, will),
      'conflict',
      /will has no captures running/,
    ],
    ['freeSpace', { freeSpace: 2 ** 50 }, (engine) => engine.start(order, will), 'no_room', /must stay free/],
    [
      'freeSpace, of a search,',
      { freeSpace: 2 ** 50 },
      (engine) => Array.fromAsync(engine.search({ ...order, window: { since: null, until: null } }, will, nobody)),
      'no_room',
      /must stay free/,
    ],
    ['duration', { duration: 1 }, (engine) => engine.start({ ...order, duration: 2 }, will), 'not_allowed', /a lead/],
    ['size', { size: 1 }, (engine) => engine.start({ ...order, maxBytes: 2 }, will), 'not_allowed', /a lead/],
  ];
  for (const [limit, limits, give, code, why] of cases) {
    test(`${limit} is among the refused of the day's report, with who and why`, async () => {
      const config = { ...sensor.config, limits: { ...generous, ...limits } };
      const engine = openEngine({ config, log: errorsInto([]), now: Date.now });
      try {
        const from = Date.now();
        await assert.rejects(give(engine), { code, message: why });
        const now = Date.now() + 1;
        const day = await engine.day(from, now);
        const date = new Date(from).toISOString().slice(0, 10);
        const digest = digestOf(day, { date, timezone: 'UTC', sensor: 'bench-1', now });
        assert.deepEqual(
          [digest.refused.length, digest.refused[0]?.analyst, digest.attention.failed.length],
          [1, 'will', 0],
        );
        assert.match(digest.refused[0]?.why ?? '', why);
        assert.equal(digest.analysts.find(({ analyst }) => analyst === 'will')?.refused, 1);
        assert.match(digestLines(digest).join('\n'), /, 1 refused/);
      } finally {
        await engine.close();
      }
    });
  }
});
