import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { registryFile } from '../../src/database.ts';
import { messageIn, openStage, shownTo } from './stage.ts';

test('who writes to a bot that is broken hears of it where they wrote, and their order is not carried out', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.openBot();
  const alert = workspace.as(grant).says('beacon seen', soc);
  const database = new Database(registryFile(join(stage.directory, 'state')));
  database.exec('alter table deliveries rename to taken_away');
  const start = 'start -d "not noted" -e "udp port 42830"';
  await workspace.as(grant).mentions(start, soc, alert.ts);
  assert.equal((await shownTo(stage, grant, /Something broke in capture itself/)).threadTs, alert.ts);
  await workspace.as(grant).dms(start);
  await messageIn(stage, { id: workspace.dmWith(grant).id }, /Something broke in capture itself/);
  database.exec('alter table taken_away rename to deliveries');
  database.close();
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
});
