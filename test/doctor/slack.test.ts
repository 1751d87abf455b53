import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { openWorkspace, type Workspace } from '../../sandbox/workspace/workspace.ts';
import { findingOf, openSensor, type Sensor } from './sensor.ts';

const manifest = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));

/** A sensor with the section slack, and a local workspace in which the app is installed as a manifest says. */
async function withWorkspace(t: TestContext, installed: unknown = manifest) {
  const workspace = await openWorkspace({ manifest: installed });
  t.after(() => workspace.close());
  const sensor = openSensor(t);
  sensor.configure({ slack: { team: workspace.teamId } });
  return { workspace, sensor };
}

function examined(sensor: Sensor, workspace: Workspace, more: Readonly<Record<string, string>> = {}) {
  const { apiUrl, botToken, appToken } = workspace;
  return sensor.examined({ SLACK_API_URL: apiUrl, SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, ...more });
}

describe('capture doctor and Slack', () => {
  test('finds both tokens taken and the scopes as the manifest asks, and prints neither token', async (t) => {
    const { workspace, sensor } = await withWorkspace(t);
    const { code, told } = await examined(sensor, workspace);
    assert.equal(code, 0, JSON.stringify(told));
    for (const check of ['slack bot token', 'slack scopes', 'slack app token']) {
      assert.equal(findingOf(told, check).verdict, 'ok', check);
    }
    assert.doesNotMatch(JSON.stringify(told), /xoxb-|xapp-/);
  });

  test('names scopes that are missing, and those that are too many', async (t) => {
    const [, ...fewer] = manifest.oauth_config.scopes.bot;
    const bot = [...fewer, 'channels:history'];
    const { workspace, sensor } = await withWorkspace(t, { ...manifest, oauth_config: { scopes: { bot } } });
    const { code, told } = await examined(sensor, workspace);
    assert.equal(code, 69);
    assert.equal(findingOf(told, 'slack scopes').found, `${manifest.oauth_config.scopes.bot[0]} not granted`);
  });

  test("gives Slack's word for a token that it refuses, and the page to copy it from", async (t) => {
    const { workspace, sensor } = await withWorkspace(t);
    const { code, told } = await examined(sensor, workspace, { SLACK_BOT_TOKEN: 'xoxb-another' });
    assert.equal(code, 69);
    const refused = findingOf(told, 'slack bot token');
    assert.equal(refused.found, 'Slack refuses it: invalid_auth');
    assert.match(refused.mend?.say ?? '', /OAuth & Permissions/);
    assert.equal(findingOf(told, 'slack app token').verdict, 'ok');
  });

  test('finds a token of another workspace', async (t) => {
    const { workspace, sensor } = await withWorkspace(t);
    sensor.configure({ slack: { team: 'T0OTHER' } });
    const { told } = await examined(sensor, workspace);
    assert.match(findingOf(told, 'slack bot token').found, /^it is of workspace T\w+, the configuration says T0OTHER$/);
  });

  test('finds Slack out of reach, and slow', async (t) => {
    const { workspace, sensor } = await withWorkspace(t);
    const { told } = await examined(sensor, workspace, { SLACK_API_URL: 'http://127.0.0.1:9/api/' });
    assert.match(findingOf(told, 'slack bot token').found, /^Slack cannot be reached: /);
    workspace.faults.delay('auth.test', 60_000);
    const slow = await examined(sensor, workspace);
    assert.match(findingOf(slow.told, 'slack bot token').found, /^Slack cannot be reached: .*timeout/);
    assert.equal(findingOf(slow.told, 'slack app token').verdict, 'ok');
  });

  test('finds the user groups of the configuration, and those that are not there, disabled, empty or unreadable', async (t) => {
    const { workspace, sensor } = await withWorkspace(t);
    const grant = workspace.addUser({ name: 'grant' });
    const groups = async (groups: object) => {
      sensor.configure({ slack: { team: workspace.teamId, groups } });
      return findingOf((await examined(sensor, workspace)).told, 'slack groups');
    };
    const configured = { viewer: 'S01', analyst: 'S02' };
    const missing = await groups(configured);
    assert.equal(missing.verdict, 'broken');
    assert.match(
      missing.found,
      /^there is no user group S01 \(viewer\), there is no user group S02 \(analyst\): nobody/,
    );
    const viewers = await workspace.faults.setGroup({ id: 'S01', handle: 'readers', users: [] });
    await workspace.faults.setGroup({ id: 'S02', handle: 'soc', users: [grant.id] });
    const empty = await groups(configured);
    assert.deepEqual([empty.verdict, empty.found], ['warning', 'viewer: @readers, no people; analyst: @soc, 1 person']);
    assert.deepEqual((await groups({ analyst: 'S02' })).verdict, 'ok');
    await workspace.faults.disableGroup(viewers);
    assert.match((await groups(configured)).found, /^@readers, S01 \(viewer\), is disabled/);
    workspace.faults.errorNext('usergroups.list', 'missing_scope');
    const unread = await groups(configured);
    assert.match(unread.found, /cannot be read: missing_scope/);
    assert.match(unread.mend?.say ?? '', /usergroups:read/);
  });

  test('finds tokens missing, or in a file that others may read', async (t) => {
    const { workspace, sensor } = await withWorkspace(t);
    assert.match(findingOf((await sensor.examined()).told, 'slack tokens').found, /^SLACK_BOT_TOKEN is not set/);
    sensor.configure({ slack: { team: workspace.teamId, tokens: 'tokens' } });
    assert.match(findingOf((await sensor.examined()).told, 'slack tokens').found, /\/tokens cannot be read/);
    writeFileSync(join(sensor.directory, 'tokens'), 'SLACK_BOT_TOKEN=xoxb-secret\nSLACK_APP_TOKEN=xapp-secret\n', {
      mode: 0o644,
    });
    const { told } = await sensor.examined();
    assert.match(findingOf(told, 'slack tokens').found, /open to others: chmod 600 \S+\/tokens$/);
    assert.doesNotMatch(JSON.stringify(told), /secret/);
  });
});
