import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HomeParts, homeNow } from '../../../src/bot/home/drawing.ts';
import { isOf } from '../../../src/capture/capture.ts';
import type { Health } from '../../../src/capture/health.ts';
import { keptLog, liveCapture } from '../sample.ts';

const health: Health = {
  disk: { free: 2e9, floor: 1e9 },
  writtenPerDay: 0,
  drops: { live: 0, counted: 0, dropping: [] },
  rings: [],
  supervisor: null,
};
const mine = liveCapture({ id: 'c1', analyst: 'will', orderedBy: 'will', description: 'of will' });
const foreign = liveCapture({ id: 'c2', analyst: 'grant', orderedBy: 'grant', description: 'of grant' });
const nobody = { person: async () => undefined, channel: async () => undefined, group: async () => [], forget() {} };
const opened = { user: 'U2', team: 'T1' };

function parts(changes: Partial<HomeParts> = {}, role: 'analyst' | 'lead' = 'analyst'): HomeParts {
  return {
    engine: {
      standing: (of) => ({
        open: [mine, foreign].filter((capture) => of === null || isOf(capture, of)),
        ended: [],
        version: 2,
      }),
      health: async () => health,
      waiting: () => [],
      answers: () => ({ approve: false, deny: false }),
      whoIs: (origin) => ({ analyst: { name: 'will', role }, origin }),
    },
    config: { sensor: 'dmz-1', analysts: [{ name: 'will', role, slack: ['U2'], login: [] }] },
    slack: { team: 'T1', channels: [], digest: null, tokens: null, groups: null, orders: 30 },
    people: { ...nobody, person: async () => ({ id: 'U2', team_id: 'T1' }) },
    token: { doubt: () => undefined },
    log: keptLog().log,
    now: () => 0,
    ...changes,
  };
}

test('an analyst’s Home tells of theirs, a lead’s of everybody’s, each once', async () => {
  const analyst = JSON.stringify((await homeNow(opened, null, parts()))?.view);
  assert.match(analyst, /of will/);
  assert.doesNotMatch(analyst, /of grant/);
  const lead = JSON.stringify((await homeNow(opened, null, parts({}, 'lead')))?.view);
  assert.equal(lead.match(/"of will"/g)?.length, 1);
  assert.equal(lead.match(/"of grant"/g)?.length, 1);
});

test('a Home that would tell the same is not drawn, nor is the sensor looked at for it', async () => {
  const first = await homeNow(opened, null, parts());
  assert.ok(first !== null && first.healthToCome === null);
  const { engine } = parts();
  const blind = { ...engine, health: () => assert.fail('looked at') };
  assert.equal(await homeNow(opened, first.tells, parts({ engine: blind })), null);
  const promoted = await homeNow(opened, first.tells, parts({}, 'lead'));
  assert.notEqual(promoted, null, 'another role is another Home');
});

test('nothing is shown while Slack does not say who it is', async () => {
  const people = { ...nobody, person: () => Promise.reject(new Error('Slack is down')) };
  const home = await homeNow(opened, null, parts({ people }));
  assert.equal(home?.view.blocks.length, 1);
  assert.match(JSON.stringify(home?.view), /could not be asked who you are/);
});

test('a sensor that takes long to look at keeps nobody from their captures', async () => {
  const looked = Promise.withResolvers<Health>();
  const { engine } = parts();
  const slow = parts({ engine: { ...engine, health: () => looked.promise } });
  const home = await homeNow(opened, null, slow);
  assert.match(JSON.stringify(home?.view), /still being looked at/);
  assert.match(JSON.stringify(home?.view), /of will/);
  looked.resolve(health);
  assert.equal(await home?.healthToCome, health);
});
