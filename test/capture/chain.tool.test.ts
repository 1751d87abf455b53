import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { openEngine } from '../../src/capture/engine.ts';
import type { ChainStep } from '../../src/capture/evidence.ts';
import type { ChainHead } from '../../src/capture/orders.ts';
import { actor, auditOf, errorsInto, openSensor, type Sensor } from './sensor.ts';

type ChainEnd = Extract<ChainStep, { step: 'ended' }>;

let sensor: Sensor;
const registryOf = ({ config }: Sensor) => join(config.state, 'registry.sqlite');

beforeEach(async () => {
  sensor = openSensor();
  for (const words of ['list', 'list --all', 'list beacon', 'list shop', 'list INC-7']) {
    await sensor.engine.list({ all: true }, actor('grant', 'lead', words));
  }
});

afterEach(() => sensor.close());

async function walked(witnessed: ChainHead | null = null, { verifyAudit } = sensor.engine): Promise<ChainEnd> {
  const steps = await Array.fromAsync(verifyAudit(witnessed, sensor.grant, new AbortController().signal));
  const last = steps.at(-1);
  assert.ok(last?.step === 'ended');
  return last;
}

/** What somebody with the right to write the file can do: the triggers are no hindrance to them. */
function byHand(...statements: string[]): void {
  const other = new Database(registryOf(sensor));
  const guards = other
    .prepare<[], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'`,
    )
    .all();
  for (const { name } of guards) other.exec(`DROP TRIGGER ${name}`);
  other.pragma('foreign_keys = OFF');
  for (const statement of statements) other.exec(statement);
  for (const { sql } of guards) other.exec(sql);
  other.close();
}

describe('the audit log, walked', () => {
  test('holds from the first entry to the last, the order to walk it among them', async () => {
    const { entries, head, broken, unguarded } = await walked();
    assert.deepEqual({ entries, broken, unguarded }, { entries: 6, broken: null, unguarded: [] });
    assert.equal(head.seq, 6);
    assert.deepEqual((await walked(head)).broken, null, 'the head that it told holds later, too');
  });

  test('one byte changed by hand is found, in the entry where it was', async () => {
    byHand(`UPDATE audit SET words = 'list Beacon' WHERE seq = 3`);
    const { entries, head, broken } = await walked();
    assert.deepEqual([entries, head.seq, broken?.seq, broken?.fault], [2, 2, 3, 'hash differs']);
  });

  test('one byte changed in the file itself is found, in the entry where it was', async () => {
    const database = new Database(registryOf(sensor));
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    const bytes = readFileSync(registryOf(sensor));
    const at = bytes.indexOf('list beacon');
    assert.ok(at > 0 && bytes.indexOf('list beacon', at + 1) < 0, 'the words stand in the file once');
    const file = openSync(registryOf(sensor), 'r+');
    writeSync(file, 'L', at);
    closeSync(file);
    // One that has read nothing yet.
    const engine = openEngine({ config: sensor.config, log: errorsInto([]), now: Date.now });
    const { broken } = await walked(null, engine);
    await engine.close();
    assert.deepEqual([broken?.seq, broken?.fault], [3, 'hash differs']);
  });

  const forgeries: readonly [title: string, statements: string[], seq: number, fault: string][] = [
    ['an entry taken out', ['DELETE FROM audit WHERE seq = 3'], 3, 'missing'],
    ['the first entry taken out', ['DELETE FROM audit WHERE seq = 1'], 1, 'missing'],
    [
      'an entry put in before the first',
      [
        `INSERT INTO audit SELECT -1, at, outcome, settles, verb, analyst, acting_for, origin, words, capture, detail, process, previous, 'x' FROM audit WHERE seq = 1`,
      ],
      -1,
      'foreign',
    ],
    [
      'an entry that names another before it',
      [`UPDATE audit SET previous = '00' WHERE seq = 4`],
      4,
      'previous differs',
    ],
    ['an entry with another hash', [`UPDATE audit SET hash = '00' WHERE seq = 4`], 4, 'hash differs'],
    ['an entry of another analyst', [`UPDATE audit SET analyst = 'will' WHERE seq = 5`], 5, 'hash differs'],
    ['an entry of another second', ['UPDATE audit SET at = at + 1000 WHERE seq = 2'], 2, 'hash differs'],
    [
      'two entries exchanged',
      [
        'UPDATE audit SET seq = 99 WHERE seq = 2',
        'UPDATE audit SET seq = 2 WHERE seq = 3',
        'UPDATE audit SET seq = 3 WHERE seq = 99',
      ],
      2,
      'previous differs',
    ],
  ];
  for (const [title, statements, seq, fault] of forgeries) {
    test(`${title} is found and told by its number`, async () => {
      byHand(...statements);
      const { broken } = await walked();
      assert.deepEqual([broken?.seq, broken?.fault], [seq, fault]);
    });
  }

  test('entries cut off at its end are missed by who has a head from before', async () => {
    const { head } = await walked();
    byHand('DELETE FROM audit WHERE seq > 4');
    assert.equal((await walked()).broken, null, 'the rest alone does not show it');
    byHand('DELETE FROM audit WHERE seq > 4');
    const { broken } = await walked({ ...head, seq: 6 });
    assert.deepEqual([broken?.seq, broken?.fault], [6, 'missing']);
  });

  test('a log that was written anew is seen by who has a head from before', async () => {
    const { broken } = await walked({ seq: 2, hash: 'ab'.repeat(32) });
    assert.deepEqual([broken?.seq, broken?.fault], [2, 'not as witnessed']);
  });

  test('says when the triggers that refuse changes are gone, or refuse nothing', async () => {
    const other = new Database(registryOf(sensor));
    other.exec('DROP TRIGGER audit_is_never_rewritten; DROP TRIGGER audit_is_never_deleted');
    other.exec(
      `CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit WHEN false BEGIN SELECT raise(ABORT, 'no'); END`,
    );
    other.close();
    assert.deepEqual((await walked()).unguarded, ['audit_is_never_rewritten', 'audit_is_never_deleted']);
  });

  test('is for leads, and who else asks is in it', async () => {
    const walk = sensor.engine.verifyAudit(null, sensor.will, new AbortController().signal);
    await assert.rejects(Array.fromAsync(walk), { code: 'not_allowed' });
    const entries = auditOf(sensor)
      .filter(({ analyst }) => analyst === 'will')
      .map(({ verb, outcome }) => `${verb} ${outcome}`);
    assert.deepEqual(entries, ['audit verify asked', 'audit verify refused']);
  });

  test('whatever people type, the hash of what comes back from the disk is the hash that was written', async () => {
    const words = fc.string({ unit: 'binary' });
    await fc.assert(
      fc.asyncProperty(words, async (typed) => {
        const origin = { door: 'shell', login: 'nobody', tty: typed, remoteHost: null } as const;
        await assert.rejects(sensor.engine.identify(origin, typed, typed), { code: 'not_allowed' });
      }),
      { numRuns: 40, examples: [['\u0000'], ['\ud800'], ['\ufffd'], ['a\u0000b']] },
    );
    assert.equal((await walked()).broken, null);
  });
});
