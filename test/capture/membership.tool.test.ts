import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { originInWords } from '../../src/capture/analyst.ts';
import { openEngine } from '../../src/capture/engine.ts';
import type { CaptureError } from '../../src/capture/errors.ts';
import { openDatabase } from '../../src/database.ts';
import { conditionOf } from '../../src/doctor/condition.ts';
import { checkNames } from '../../src/doctor/names.ts';
import { actor, auditOf, configIn, openSensor, type Sensor } from './sensor.ts';

const groups = { viewer: 'S1', analyst: 'S2' };
const slack = { team: 'T1', channels: [], digest: null, groups, orders: 30, tokens: null };

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor({ slack });
});
afterEach(() => sensor.close());

const originOf = (user: string, team = 'T1') => ({ door: 'slack', team, user, channel: 'C1' }) as const;

/** Who somebody in Slack is, by the groups that they are in and their Slack name. */
function identified(user: string, handle: string, ...groups: string[]) {
  return sensor.engine.identify(originOf(user), 'list', '/capture list', { groups, handle });
}

/** Why they are nobody: told, and in the audit log. */
async function refusal(user: string, handle: string, ...groups: string[]): Promise<string> {
  try {
    await identified(user, handle, ...groups);
  } catch (error) {
    const { code, message } = error as CaptureError;
    assert.equal(code, 'not_allowed');
    const entry = auditOf(sensor).at(-1);
    assert.equal(entry?.outcome, 'refused');
    assert.equal(entry.detail, message);
    return message;
  }
  return assert.fail(`${handle} was let in`);
}

describe('a Slack user whom the configuration does not name', () => {
  test('has the role of their user group, the higher one of two, and never that of a lead', async () => {
    assert.deepEqual((await identified('U7', 'petra', 'S2')).analyst, { name: 'petra', role: 'analyst' });
    assert.deepEqual((await identified('U8', 'vera', 'S1', 'S9')).analyst, { name: 'vera', role: 'viewer' });
    assert.deepEqual((await identified('U9', 'both', 'S1', 'S2')).analyst, { name: 'both', role: 'analyst' });
  });

  test('is a stranger without a group, and hears what would change that', async () => {
    assert.match(await refusal('U7', 'petra'), /add your Slack id U7 .*, or you to the Slack user group S1 or S2$/);
    assert.match(await refusal('U7', 'petra', 'S9'), /you are not an analyst of bench-1/);
  });

  test('is shown in the audit log and in syslog as somebody by a group', async () => {
    const petra = await identified('U7', 'petra', 'S2');
    await sensor.engine.list({ all: false }, petra);
    const [named, listed] = auditOf(sensor).slice(-2);
    assert.equal(named?.outcome, 'noted');
    assert.equal(named.actingFor, 'petra');
    assert.match(named.detail ?? '', /named so for good, as a member of the Slack user group S2/);
    assert.deepEqual(listed?.origin, { ...originOf('U7'), group: 'S2' });
    assert.equal(originInWords(petra.origin), 'slack:T1/U7 in C1 by group S2');
  });

  test('who is taken out of the group is a stranger, found in the audit log by the name they had', async () => {
    await identified('U7', 'petra', 'S2');
    assert.match(await refusal('U7', 'petra'), /you are not an analyst/);
    assert.equal(auditOf(sensor).at(-1)?.analyst, 'petra');
  });

  test('is found by the name they were given, to be told what became of a capture of theirs', async () => {
    await identified('U7', 'petra', 'S2');
    assert.equal(sensor.engine.slackUserNamed('petra'), 'U7');
    assert.equal(sensor.engine.slackUserNamed('Petra'), null);
    assert.equal(sensor.engine.slackUserNamed('nobody'), null);
  });

  test('of another team is a stranger in whatever group of theirs', async () => {
    const elsewhere = sensor.engine.identify(originOf('U7', 'T2'), 'list', '', { groups: ['S2'], handle: 'petra' });
    await assert.rejects(elsewhere, { code: 'not_allowed' });
  });
});

test('whom the configuration names has the role given there, whatever groups they are in', async () => {
  const mona = await identified('U3', 'somebody', 'S2');
  assert.deepEqual(mona.analyst, { name: 'mona', role: 'viewer' });
  assert.deepEqual(mona.origin, originOf('U3'));
});

test('without groups in the configuration a group is worth nothing', async () => {
  await sensor.close();
  sensor = openSensor();
  assert.match(await refusal('U7', 'petra', 'S2'), /add your Slack id U7 to the configuration$/);
});

describe('the name of an analyst by group', () => {
  test('stays theirs when they are called something else in Slack, and goes to nobody else', async () => {
    await identified('U7', 'petra', 'S2');
    assert.equal((await identified('U7', 'petra.meier', 'S2')).analyst.name, 'petra');
    for (const like of ['petra', 'Petra'])
      assert.match(
        await refusal('U8', like, 'S2'),
        /your Slack name [Pp]etra is that of somebody else here, the Slack user U7: ask a lead to name you in the configuration, by your Slack id U8/,
      );
    assert.equal((await identified('U8', 'petra.meier', 'S2')).analyst.name, 'petra.meier');
  });

  test('cannot be, or look like, that of an analyst of the configuration', async () => {
    for (const handle of ['grant', 'Will', 'WILL'])
      assert.match(await refusal('U7', handle, 'S2'), /is that of an analyst of the configuration/);
    await identified('U7', 'petra-meier', 'S2');
    assert.match(await refusal('U8', 'petra.meier', 'S2'), /somebody else here/);
  });

  test('must be one that the configuration would take, and no number of a capture or a pin', async () => {
    for (const handle of ['petra_m', 'pétra', '-a', '', 'x'.repeat(41), 'two words', '../x'])
      assert.match(await refusal('U7', handle, 'S2'), /cannot be a name here/, handle);
    for (const handle of ['c12', 'P3'])
      assert.match(await refusal('U7', handle, 'S2'), /reads like the number/, handle);
    assert.equal((await identified('U7', 'petra', 'S2')).analyst.name, 'petra');
  });

  test('is not that of somebody who has left captures or pins here', async () => {
    const erin = actor('erin', 'analyst');
    await sensor.engine.start({ description: 'x', expression: 'udp port 42400' }, erin);
    assert.match(await refusal('U7', 'Erin', 'S2'), /is that of somebody whose captures are still here/);
    const database = openDatabase(sensor.config.state);
    database
      .prepare(
        `INSERT INTO pins (state, analyst, description, ring, since, until, directory, pinned_at, expires_at, expires_uptime, boot, owner)
        VALUES ('released', 'former.one', 'x', 'dmz', 0, 1, '/x', 0, 1, 1, 'b', 'p')`,
      )
      .run();
    database.close();
    assert.match(await refusal('U7', 'former-one', 'S2'), /somebody whose captures are still here/);
  });

  test('that the configuration gives to somebody later is not theirs any more, and captures are the configuration’s to hand over', async () => {
    await identified('U7', 'petra', 'S2');
    const config = configIn(sensor.directory);
    const analysts = [...config.analysts, { name: 'petra', role: 'analyst', slack: ['U8'], login: [] } as const];
    const later = openEngine({
      config: { ...config, slack, analysts },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      now: Date.now,
    });
    try {
      await assert.rejects(later.identify(originOf('U7'), 'list', '', { groups: ['S2'], handle: 'petra' }), {
        code: 'not_allowed',
        message: /petra, as you are called here, is now an analyst of the configuration/,
      });
      assert.equal((await later.identify(originOf('U8'), 'list', '')).analyst.name, 'petra');
      // doctor says so, until the configuration names them both, or one for both.
      const found = (ids: readonly string[]) =>
        checkNames(
          { ...config, slack, analysts: [{ name: 'Petra', role: 'analyst', slack: ids, login: [] }] },
          conditionOf(config),
        );
      assert.match(
        found(['U8'])[0]?.found ?? '',
        /^Petra of analysts and petra, the Slack user U7, .*: the Slack user is refused/,
      );
      assert.deepEqual(found(['U8', 'U7']), []);
    } finally {
      await later.close();
    }
  });

  test('is one that a lead may act for, nobody else, and only as it is written', async () => {
    const petra = await identified('U7', 'petra', 'S2');
    const order = { description: 'x', expression: 'udp port 42401', analyst: 'petra' };
    const { capture } = await sensor.engine.start(order, sensor.grant);
    assert.deepEqual([capture.analyst, capture.orderedBy], ['petra', 'grant']);
    await assert.rejects(sensor.engine.start(order, sensor.will), { code: 'not_allowed' });
    await assert.rejects(sensor.engine.start({ ...order, analyst: 'Petra' }, sensor.grant), {
      code: 'bad_request',
      message: /no analyst Petra in the configuration, nor has anybody been one of that name by a Slack user group/,
    });
    const [stopped] = await sensor.engine.stop(capture.id, petra);
    assert.equal(stopped?.state, 'stopped');
  });
});
