import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type Database from 'better-sqlite3';
import { execa } from 'execa';
import fc from 'fast-check';
import { type Audit, openAudit } from '../../src/capture/audit.ts';
import type { AuditEntry, AuditQuery } from '../../src/capture/orders.ts';
import { tokenOf } from '../../src/capture/process.ts';
import { openDatabase } from '../../src/database.ts';
import { actor, auditOf, openSensor } from './sensor.ts';

const self = tokenOf(process.pid) ?? '';
let state: string;
let database: Database.Database;
let audit: Audit;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'audit-test-'));
  database = openDatabase(state);
  audit = openAudit(database, self, () => 1_795_486_205_000);
});
afterEach(() => {
  database.close();
  rmSync(state, { recursive: true });
});

function entriesOf(log: Audit, query: AuditQuery = {}): AuditEntry[] {
  return [...log.pages(query)].flat();
}

type Row = Record<string, string | number | null>;
const rows = () => database.prepare<[], Row>('SELECT * FROM audit ORDER BY seq').all();

/** Walks the chain with nothing of the product's: the columns in the table's order, as a JSON array, hashed. */
function holds(entries: readonly Row[]): boolean {
  let previous = '0'.repeat(64);
  return entries.every((entry, at) => {
    const { hash, ...fields } = entry;
    const whole = createHash('sha256')
      .update(JSON.stringify(Object.values(fields)))
      .digest('hex');
    const isLinked = entry.seq === at + 1 && entry.previous === previous && hash === whole;
    previous = String(hash);
    return isLinked;
  });
}

describe('the audit log', () => {
  test('says of an order that it was asked, then what came of it, and of nothing else', () => {
    const asked = audit.ask('start', actor('grant', 'lead', 'start -d x'), 'will');
    audit.settle(asked, 'done', 'c1', 'savefile.pcap');
    const [first, second] = entriesOf(audit);
    assert.equal(entriesOf(audit).length, 2);
    const shared = { verb: 'start', analyst: 'grant', actingFor: 'will', words: 'start -d x', at: 1_795_486_205_000 };
    assert.partialDeepStrictEqual(first, { ...shared, outcome: 'asked', settles: null, capture: null });
    assert.partialDeepStrictEqual(second, {
      ...{ ...shared, outcome: 'done', settles: asked, capture: 'c1', detail: 'savefile.pcap' },
      origin: { door: 'shell', login: 'grant', tty: null, remoteHost: null },
    });
    assert.equal(audit.head().hash, second?.hash);
  });

  test('is a chain of hashes from its first entry on', () => {
    assert.deepEqual(audit.head(), { seq: 0, hash: '0'.repeat(64) });
    for (let at = 0; at < 20; at += 1)
      audit.settle(audit.ask('stop', actor('will', 'analyst')), 'failed', null, `${at}`);
    assert.equal(rows().length, 40);
    assert.ok(holds(rows()));
    assert.equal(audit.head().seq, 40);
  });

  test('holds its chain whatever was typed', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('a\0b', '\ud800', '\udc00x', '😀', '\u2028', '"\\', '\r\n', 'x'.repeat(5_000)),
    );
    fc.assert(
      fc.property(text, text, text, (words, name, detail) => {
        const asked = audit.ask(name, { ...actor(name, 'lead', words) }, name);
        audit.settle(asked, 'done', name, detail);
        audit.note({
          ...{ outcome: 'noted', verb: words, analyst: words, actingFor: null, words: detail, capture: words },
          origin: { door: 'shell', login: name, tty: words, remoteHost: detail },
        });
      }),
      { numRuns: 60, seed: 2 },
    );
    assert.ok(holds(rows()));
    assert.equal(entriesOf(audit, { last: 5 }).length, 5);
  });

  test('is never rewritten: neither UPDATE nor DELETE nor REPLACE', () => {
    const asked = audit.ask('start', actor('grant', 'lead'));
    audit.settle(asked, 'done', null, null);
    const before = rows();
    for (const sql of [
      `UPDATE audit SET words = 'something else'`,
      `UPDATE audit SET hash = 'x' WHERE seq = 1`,
      'DELETE FROM audit',
      'DELETE FROM audit WHERE seq = 2',
      `UPDATE OR IGNORE audit SET seq = 9 WHERE seq = 2`,
      `INSERT OR REPLACE INTO audit SELECT seq, 0, outcome, NULL, verb, analyst, acting_for, origin, 'forged', capture, detail, process,
         previous, 'forged' FROM audit WHERE seq = 2`,
      `INSERT OR REPLACE INTO audit SELECT 3, 0, outcome, settles, verb, analyst, acting_for, origin, 'forged', capture, detail, process,
         previous, 'forged' FROM audit WHERE seq = 2`,
      `INSERT OR REPLACE INTO audit SELECT 3, 0, outcome, NULL, verb, analyst, acting_for, origin, 'forged', capture, detail, process,
         previous, hash FROM audit WHERE seq = 2`,
    ]) {
      assert.throws(() => database.exec(sql), /never rewritten|nothing is deleted/, sql);
    }
    assert.deepEqual(rows(), before);
  });

  test('whose entry was changed behind its back no longer holds', () => {
    for (let at = 0; at < 3; at += 1) audit.ask('start', actor('grant', 'lead', `${at}`));
    database.exec(`DROP TRIGGER audit_is_never_rewritten; UPDATE audit SET words = 'forged' WHERE seq = 2`);
    assert.equal(holds(rows()), false);
  });

  test('settles an order once', () => {
    const asked = audit.ask('start', actor('grant', 'lead'));
    audit.settle(asked, 'done', null, null);
    assert.throws(() => audit.settle(asked, 'failed', null, null), /not settled/);
    assert.throws(() => audit.settle(99, 'done', null, null), /no audit entry 99/);
    assert.equal(rows().length, 2);
  });

  test('says "unknown" of what a process asked that is gone, once, and leaves the living alone', () => {
    const [lost, living] = [audit.ask('start', actor('grant', 'lead')), audit.ask('stop', actor('grant', 'lead'))];
    const gone = openAudit(database, '1/another-boot/1', () => 5);
    const abandoned = gone.ask('search', actor('will', 'analyst'));
    audit.settle(lost, 'done', null, null);
    for (let twice = 0; twice < 2; twice += 1) audit.settleAbandoned((process) => process === self);
    const outcomes = entriesOf(audit).filter(({ outcome }) => outcome === 'unknown');
    assert.deepEqual(
      outcomes.map(({ settles, analyst }) => ({ settles, analyst })),
      [{ settles: abandoned, analyst: 'will' }],
    );
    assert.ok(entriesOf(audit).every(({ settles }) => settles !== living));
    assert.ok(holds(rows()));
  });

  test('is read by analyst, acting or acted for, and by time, the newest last', () => {
    let now = 0;
    const clocked = openAudit(database, self, () => now);
    for (const [at, name, other] of [
      [10, 'grant', 'will'],
      [20, 'will', null],
      [30, 'grant', null],
    ] as const) {
      now = at;
      clocked.ask('start', actor(name, 'lead'), other);
    }
    const seen = (query: AuditQuery) => entriesOf(clocked, query).map(({ at }) => at);
    assert.deepEqual(seen({}), [10, 20, 30]);
    assert.deepEqual(seen({ analyst: 'will' }), [10, 20]);
    assert.deepEqual(seen({ since: 20 }), [20, 30]);
    assert.deepEqual(seen({ until: 20 }), [10]);
    assert.deepEqual(seen({ last: 2 }), [20, 30]);
    assert.deepEqual(seen({ analyst: "x' OR 1=1 --" }), []);
  });

  test('is read page by page to its end, forwards and from the newest back, and by time of a day', () => {
    let now = 0;
    const clocked = openAudit(database, self, () => now);
    for (; now < 2_500; now += 1) clocked.ask('list', actor(now % 500 === 7 ? 'will' : 'grant', 'lead'));
    const numbers = (entries: readonly AuditEntry[]) => entries.map(({ seq }) => seq);
    const all = Array.from({ length: 2_500 }, (_, at) => at + 1);
    assert.deepEqual(numbers(entriesOf(clocked)), all);
    assert.deepEqual(numbers(entriesOf(clocked, { last: 1_700 })), all.slice(-1_700));
    assert.deepEqual(numbers(entriesOf(clocked, { last: 9_999 })), all);
    assert.deepEqual(numbers(entriesOf(clocked, { last: 4, analyst: 'will' })), [508, 1_008, 1_508, 2_008]);
    assert.deepEqual(numbers([...clocked.between(100, 2_200)].flat()), all.slice(100, 2_200));
    for (const page of [...clocked.pages({}), ...clocked.between(0, now)]) assert.ok(page.length <= 1_000);
  });

  test('tells of a day what it can where somebody damaged an entry', () => {
    for (const words of ['one', 'two', 'three']) audit.ask('list', actor('grant', 'lead', words));
    database.exec(`DROP TRIGGER audit_is_never_rewritten; UPDATE audit SET origin = '{' WHERE seq = 2`);
    const told = [...audit.between(0, Number.MAX_SAFE_INTEGER)].flat();
    assert.deepEqual(
      told.map(({ words }) => words),
      ['one', 'three'],
    );
  });

  test('stays one chain when several processes write at once', async () => {
    const writer = join(import.meta.dirname, 'audit-writer.ts');
    const names = ['ada', 'bob', 'eve', 'joe'];
    await Promise.all(names.map((name) => execa(process.execPath, [writer, state, name, '40'])));
    const entries = rows();
    assert.equal(entries.length, names.length * 80);
    assert.ok(holds(entries));
    for (const name of names) {
      const own = entries.filter(({ analyst, outcome }) => analyst === name && outcome === 'asked');
      assert.deepEqual(
        own.map(({ words }) => words),
        Array.from({ length: 40 }, (_, at) => `${name} ${at}`),
      );
    }
  });
});

describe('identity at a door', () => {
  test('makes an actor of an analyst, and refuses a stranger with an entry', async () => {
    const sensor = openSensor();
    try {
      const { engine } = sensor;
      const slack = { door: 'slack', team: 'T1', user: 'U2', channel: 'C1' } as const;
      assert.deepEqual((await engine.identify(slack, 'start', 'words')).analyst, { name: 'will', role: 'analyst' });
      const strangers = [
        { ...slack, team: 'T2' },
        { ...slack, user: 'U9' },
        { door: 'shell', login: 'mallory', tty: 'pts/1', remoteHost: '192.0.2.66' },
        { door: 'shell', login: '', tty: null, remoteHost: null },
        { door: 'shell', login: 'U1', tty: null, remoteHost: null },
        { door: 'engine' },
      ] as const;
      for (const origin of strangers) {
        await assert.rejects(engine.identify(origin, 'start', 'start -d <!channel>'), { code: 'not_allowed' });
        const last = auditOf(sensor).findLast(({ outcome }) => outcome === 'refused');
        assert.partialDeepStrictEqual(last, { origin, verb: 'start', analyst: null, words: 'start -d <!channel>' });
      }
    } finally {
      await sensor.close();
    }
  });

  test('lets a lead read the log, and notes who else wanted to', async () => {
    const sensor = openSensor();
    try {
      for (const actor of [sensor.will, sensor.mona]) {
        const read = Array.fromAsync(sensor.engine.audit({}, actor));
        await assert.rejects(read, { code: 'not_allowed', message: /for leads/ });
      }
      const refused = auditOf(sensor).filter(({ outcome }) => outcome === 'refused');
      assert.deepEqual(
        refused.map(({ verb, analyst }) => [verb, analyst]),
        [
          ['audit', 'will'],
          ['audit', 'mona'],
        ],
      );
    } finally {
      await sensor.close();
    }
  });
});

test('an outcome that was taken back with its transaction is still to be written', () => {
  const asked = audit.ask('stop', actor('grant', 'lead'));
  assert.throws(
    database.transaction(() => {
      audit.settle(asked, 'done', null, null);
      assert.equal(audit.isUnsettled(asked), false);
      throw new Error('the disk is full');
    }),
  );
  assert.equal(audit.isUnsettled(asked), true);
});
