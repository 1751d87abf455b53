import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { HomeView } from '@slack/types';
import { closedHomeView, type HomeOf, homeView } from '../../../src/bot/views/home.ts';
import type { Analyst } from '../../../src/capture/analyst.ts';
import type { Capture } from '../../../src/capture/capture.ts';
import type { Health } from '../../../src/capture/health.ts';
import { homeFaults } from './limits.ts';
import { ended, found, live, now, past, request } from './samples.ts';

const hour = 3_600_000;
const origin = { door: 'slack', team: 'T024BE7LD', user: 'U024BE7LJ', channel: '' } as const;
const nothing = { open: [], ended: [] };
const results = [live({ ...ended, id: 'c9' }), past({ ...found, id: 'c8' })];

const healthy: Health = {
  disk: { free: 213e9, floor: 5e9 },
  writtenPerDay: 4.2e9,
  drops: { live: 2, counted: 1, dropping: [] },
  rings: [
    {
      is: 'open',
      ring: 'dmz',
      at: now,
      files: 432,
      bytes: 7_945_689_498,
      indexed: 431,
      from: (now - 26 * hour) * 1000,
      writtenAt: now - 1_000,
    },
  ],
  supervisor: { pid: 4711, isThisProcess: true },
};

const unhealthy: Health = {
  disk: { free: 4e9, floor: 5e9 },
  writtenPerDay: 0,
  drops: { live: 2, counted: 2, dropping: [{ capture: 'c12', packets: 1312 }] },
  rings: [
    {
      is: 'open',
      ring: 'dmz',
      at: now,
      files: 12,
      bytes: 7e6,
      indexed: 0,
      from: (now - 26 * hour) * 1000,
      writtenAt: now - 3 * hour,
    },
    { is: 'open', ring: 'lan', at: now, files: 0, bytes: 0, indexed: 0, from: null, writtenAt: null },
    { is: 'closed', ring: 'old', at: now, why: "EACCES: permission denied, scandir '/var/log/old'" },
  ],
  supervisor: null,
};

function home(analyst: Analyst, shown: Partial<HomeOf>): HomeView {
  return homeView(
    { sensor: 'dmz-1', analyst, origin, own: nothing, others: null, waiting: [], health: healthy, ...shown },
    now,
  );
}

const will: Analyst = { name: 'will', role: 'analyst' };
const ofWill = { analyst: 'will', orderedBy: 'will' };

const golden: Record<string, HomeView> = {
  'home-analyst': home(will, {
    own: { open: [live(ofWill), past(ofWill)], ended: results.map((capture) => ({ ...capture, ...ofWill })) },
  }),
  'home-empty': home(will, {}),
  'home-lead': home(
    { name: 'grant', role: 'lead' },
    {
      own: { open: [live()], ended: results },
      others: {
        open: [past({ ...ofWill, id: 'c14' })],
        ended: [live({ ...ended, ...ofWill, id: 'c7', state: 'died', why: 'tcpdump was killed by signal 9' })],
      },
    },
  ),
  'home-lead-asked': home(
    { name: 'grant', role: 'lead' },
    {
      waiting: [
        {
          request: request({ id: 'a2', analyst: 'grant', orderedBy: 'grant' }),
          answers: { approve: false, deny: true },
        },
        { request: request(), answers: { approve: true, deny: true } },
      ],
      others: nothing,
    },
  ),
  'home-analyst-waits': home(will, { waiting: [{ request: request(), answers: { approve: false, deny: true } }] }),
  'home-viewer': home({ name: 'maria', role: 'viewer' }, { others: { open: [live(), past(ofWill)], ended: results } }),
  'home-unhealthy': home(will, { health: unhealthy }),
  'home-health-to-come': home(will, { health: null }),
  'home-refused': closedHomeView('guests may not use capture'),
};

for (const [name, view] of Object.entries(golden)) {
  test(`${name} looks as it did`, () => {
    const file = new URL(`golden/${name}.json`, import.meta.url);
    // Paste a file into https://app.slack.com/block-kit-builder to see it.
    const drawn = `${JSON.stringify(view, null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, drawn);
    assert.deepEqual(JSON.parse(drawn), JSON.parse(readFileSync(file, 'utf8')), 'UPDATE_GOLDEN=1 if it should differ');
    assert.deepEqual(homeFaults(view), []);
  });
}

test('who may only look has no button that changes anything, and an analyst none for what is not theirs', () => {
  const buttons = (view: HomeView): string[] => JSON.stringify(view).match(/"home_[a-z_]+"/g) ?? [];
  assert.deepEqual(new Set(buttons(golden['home-viewer'] ?? closedHomeView(''))), new Set(['"home_capture_details"']));
  assert.deepEqual(buttons(closedHomeView('no')), []);
  const foreign = home(will, { own: { open: [live()], ended: [] } });
  assert.ok(!buttons(foreign).includes('"home_capture_stop"'));
});

for (const words of [
  '<!channel> *x* <http://evil.example|safe>',
  'x'.repeat(10_000),
  `\u202E${'gnp.exe\n'.repeat(900)}`,
  '\u0000\u200b\ud800',
  '',
]) {
  test(`no Home breaks a limit with all that there can be in it, and words such as ${JSON.stringify(words.slice(0, 20))}`, () => {
    const typed = { description: words, expression: words, case: words, analyst: words, orderedBy: words, why: words };
    const many = (capture: Capture) => Array.from({ length: 300 }, (_, at): Capture => ({ ...capture, id: `c${at}` }));
    const rings = Array.from({ length: 40 }, () => ({ is: 'closed', ring: words, at: now, why: words }) as const);
    for (const role of ['viewer', 'analyst', 'lead'] as const) {
      for (const open of [live({ ...typed, interface: words }), past({ ...typed, ring: words })]) {
        const standing = { open: many(open), ended: many({ ...open, ...ended, why: words, state: 'died' }) };
        const { order } = request().asked;
        const asked = {
          verb: 'start',
          order: { ...order, description: words, expression: words, interface: words },
        } as const;
        const waits = request({ analyst: words, orderedBy: `${words}2`, needed: words, asked });
        const waiting = Array.from({ length: 300 }, () => ({ request: waits, answers: { approve: true, deny: true } }));
        const view = home(
          { name: words, role },
          { sensor: words, own: standing, others: standing, waiting, health: { ...healthy, rings } },
        );
        assert.deepEqual(homeFaults(view), []);
      }
    }
    assert.deepEqual(homeFaults(closedHomeView(words)), []);
  });
}

test('that the disk is full in months is not told, only how much is free', () => {
  const analyst = { name: 'will', role: 'analyst' } as const;
  const words = (health: Health) => JSON.stringify(home(analyst, { health }).blocks);
  assert.match(words({ ...healthy, writtenPerDay: 1e9 }), /198.4 GiB free, floor 4.7 GiB"/);
  assert.match(words(healthy), /198.4 GiB free; at 3.9 GiB a day the floor of 4.7 GiB is 49 days away"/);
});
