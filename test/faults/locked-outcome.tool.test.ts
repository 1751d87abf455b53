import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { auditOf, openSensor, unsettled } from '../capture/sensor.ts';

test('an order whose outcome finds the registry locked ends as it would have, and is settled at the next look', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const { engine, grant } = sensor;
  const other = new Database(join(sensor.config.state, 'registry.sqlite'));
  const stopping = engine.stop('nothing', grant);
  // It has been asked, and nothing came of it yet: that is only looked for in the next step.
  other.exec('BEGIN IMMEDIATE');
  await assert.rejects(stopping, { code: 'not_found', message: /nothing that runs matches "nothing"/ });
  other.exec('ROLLBACK');
  other.close();
  assert.equal(unsettled(sensor).length, 1);
  await engine.reconcile();
  assert.deepEqual(unsettled(sensor), []);
  const outcome = auditOf(sensor).findLast(({ settles }) => settles !== null);
  assert.partialDeepStrictEqual(outcome, { verb: 'stop', outcome: 'invalid' });
  assert.match(outcome?.detail ?? '', /nothing that runs matches "nothing"/);
});
