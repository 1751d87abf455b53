import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { type AuditRow, beginning, hashOf } from '../../src/capture/chain.ts';
import { pidOf } from '../../src/capture/process.ts';
import { until } from '../capture/wait.ts';
import { findingOf, openSensor, type Sensor } from './sensor.ts';

describe('capture doctor on the audit log', () => {
  test('walks the chain, and says which entry is not what it was', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('list');
    await sensor.capture('list');
    assert.deepEqual(findingOf((await sensor.examined()).told, 'audit log'), {
      check: 'audit log',
      verdict: 'ok',
      found: '2 entries hold',
    });
    inRegistry(sensor, (database) =>
      database.exec(`DROP TRIGGER audit_is_never_rewritten; UPDATE audit SET words = 'stop c1' WHERE seq = 2`),
    );
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    assert.equal(findingOf(told, 'audit log').found, 'it does not hold from entry 2 on: hash differs');
    assert.equal(findingOf(told, 'audit log').mend?.command, 'capture audit verify');
  });

  test('says that a trigger is gone, although the chain holds', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('list');
    inRegistry(sensor, (database) => database.exec('DROP TRIGGER audit_is_never_deleted'));
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    assert.match(findingOf(told, 'audit log').found, /^1 entry holds, but audit_is_never_deleted is not there/);
  });

  test('of a large log walks the last 10,000 entries, says so, and finds one of them changed', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('list');
    inRegistry(sensor, (database) => fill(database, 10_500));
    const { told } = await sensor.examined();
    assert.match(findingOf(told, 'audit log').found, /^the last 10.000 of 10.500 entries hold; capture audit verify/);
    inRegistry(sensor, (database) => {
      const guard = database
        .prepare(`SELECT sql FROM sqlite_schema WHERE name = 'audit_is_never_rewritten'`)
        .pluck()
        .get();
      database.exec(`DROP TRIGGER audit_is_never_rewritten; UPDATE audit SET at = 0 WHERE seq = 501; ${guard}`);
    });
    assert.match(findingOf((await sensor.examined()).told, 'audit log').found, /from entry 501 on: hash differs$/);
  });
});

describe('capture doctor on who looks after what runs', () => {
  test('names the process that a start left behind, however soon after it is asked', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'seen', 'udp port 40416');
    const { code, told } = await sensor.examined();
    assert.equal(code, 0);
    assert.match(findingOf(told, 'supervisor').found, /^process \d+; looks after 1 live capture$/);
    await sensor.capture('stop', 'seen');
    await until('the supervisor to end', () => leaseOf(sensor) === undefined);
    assert.equal(findingOf((await sensor.examined()).told, 'supervisor').found, 'nobody, and nothing runs');
  });

  test('finds nobody there while something runs, and the command it names brings somebody', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'alone', 'udp port 40417');
    const left = await until('a supervisor', () => leaseOf(sensor));
    process.kill(pidOf(left), 'SIGKILL');
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    const finding = findingOf(told, 'supervisor');
    assert.match(finding.found, /^nobody looks after 1 live capture: no limit holds/);
    assert.match(finding.mend?.say ?? '', /\/state\/supervisor\.log or the journal/);
    await sensor.capture(...(finding.mend?.command ?? '').split(' ').slice(1));
    assert.equal(findingOf((await sensor.examined()).told, 'supervisor').verdict, 'ok');
  });

  test('finds one that hangs, by its number', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'hung', 'udp port 40418');
    const left = await until('a supervisor', () => leaseOf(sensor));
    process.kill(pidOf(left), 'SIGSTOP');
    t.after(() => process.kill(pidOf(left), 'SIGKILL'));
    inRegistry(sensor, (database) => database.exec('UPDATE lease SET renewed_at = renewed_at - 20000'));
    const { told } = await sensor.examined();
    assert.match(
      findingOf(told, 'supervisor').found,
      new RegExp(`process ${pidOf(left)} should, and has not for 2\\d s$`),
    );
  });

  test('says that retention waits where nobody is there for it', async (t) => {
    const sensor = openSensor(t);
    sensor.configure({ retention: { finished: '90d' } });
    await sensor.capture('list');
    const finding = findingOf((await sensor.examined()).told, 'supervisor');
    assert.equal(finding.verdict, 'warning');
    assert.equal(finding.mend?.command, 'systemctl enable --now capture-supervisor');
  });
});

describe('capture doctor and syslog', () => {
  test('finds a message of its own taken, which is no entry of the audit log, and nothing waiting', async (t) => {
    const sensor = openSensor(t);
    const { server, messages } = await udpCollector(t);
    sensor.configure({ syslog: { facility: 'local6', server } });
    await sensor.capture('list');
    // A shell waits a tenth of a second for syslog, which may be too short here.
    inRegistry(sensor, (database) => database.exec('UPDATE syslog SET shipped = (SELECT max(seq) FROM audit)'));
    const finding = findingOf((await sensor.examined()).told, 'syslog');
    assert.equal(
      finding.found,
      `local6 at ${server} took a message of capture-doctor, as far as UDP tells; nothing waits`,
    );
    const asked = await until('its message', () => messages.find((message) => message.includes('capture-doctor')));
    assert.match(asked, /this is no entry of the audit log$/);
    assert.doesNotMatch(asked, /seq=/);
    assert.equal((await sensor.capture('audit', '--json')).out.includes('doctor'), false);
  });

  test('finds a server that is not there, with what waits since when, and the line to try it with', async (t) => {
    const sensor = openSensor(t);
    const server = `tcp://127.0.0.1:${await closedPort()}`;
    sensor.configure({ syslog: { facility: 'local6', server } });
    await sensor.capture('list');
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    const finding = findingOf(told, 'syslog');
    assert.match(
      finding.found,
      /takes no message: logger: failed to connect .*; 1 entry waits, since \d{4}-\d\d-\d\d .* UTC \(/,
    );
    assert.match(
      finding.mend?.command ?? '',
      /^logger --tag capture-doctor --priority local6\.info .*--server 127\.0\.0\.1 /,
    );
  });

  test('finds entries that wait although syslog takes messages again, and why the last attempt failed', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('list');
    const { server } = await udpCollector(t);
    sensor.configure({ syslog: { facility: 'local6', server } });
    inRegistry(sensor, (database) => {
      database.exec(`UPDATE syslog SET trouble = 'it was away'`);
      const [first] = database.prepare<[], AuditRow>('SELECT * FROM audit').all();
      database.exec('DROP TRIGGER audit_is_never_rewritten');
      database.prepare('UPDATE audit SET at = ?').run((first?.at ?? 0) - 7_200_000);
    });
    const finding = findingOf((await sensor.examined()).told, 'syslog');
    assert.equal(finding.verdict, 'warning');
    assert.match(finding.found, /1 entry waits, since .* \(2 h.*\); the last attempt failed: it was away$/);
  });

  test('is left out where none is configured', async (t) => {
    const finding = findingOf((await openSensor(t).examined()).told, 'syslog');
    assert.equal(finding.found, 'not configured: the audit log is on this sensor alone');
  });
});

test('capture doctor misses a savefile that is gone, and none that retention deleted', async (t) => {
  const sensor = openSensor(t);
  await sensor.capture('start', '-d', 'kept', 'udp port 40419');
  await sensor.capture('stop', 'kept');
  for (const file of readdirSync(sensor.captures)) rmSync(join(sensor.captures, file));
  assert.match(findingOf((await sensor.examined()).told, 'savefiles').found, /^1 savefile gone: of c1$/);
  inRegistry(sensor, (database) =>
    database.exec(`UPDATE captures SET deleted_at = ended_at, deleted_why = 'its time was over'`),
  );
  assert.equal(findingOf((await sensor.examined()).told, 'savefiles').found, 'no files, as the registry has them');
});

test('capture doctor doubts savefiles that have another size, or were written to since, and names the command that looks into them', async (t) => {
  const sensor = openSensor(t);
  for (const description of ['one', 'two', 'three']) await sensor.capture('search', '-d', description, 'udp port 4444');
  const [one = '', two = ''] = ['one', 'two'].map((word) =>
    join(
      sensor.captures,
      readdirSync(sensor.captures).find((name) => name.startsWith(`grant_${word}_`) && name.endsWith('.pcap')) ?? '',
    ),
  );
  writeFileSync(two, readFileSync(two));
  const finding = findingOf((await sensor.examined()).told, 'savefiles');
  assert.deepEqual(finding, {
    check: 'savefiles',
    verdict: 'warning',
    found: '1 savefile written to since digested: c2',
    mend: { say: 'Verify it: only its digest tells whether it is what it was.', command: 'capture verify c2' },
  });
  assert.equal((await sensor.capture('verify', 'c2')).code, 0);
  assert.equal(findingOf((await sensor.examined()).told, 'savefiles').verdict, 'ok');
  appendFileSync(one, 'x');
  appendFileSync(two, 'x');
  const both = findingOf((await sensor.examined()).told, 'savefiles');
  assert.equal(both.found, '2 savefiles of another size than when digested: c1 and c2');
  assert.equal(both.mend?.command, 'capture verify');
  assert.equal((await sensor.capture('verify')).code, 1);
  writeFileSync(one, Buffer.alloc(statSync(one).size - 1));
  const { code, told } = await sensor.examined();
  assert.equal(code, 69);
  const [found, verdict] = [findingOf(told, 'savefiles').found, findingOf(told, 'savefiles').verdict];
  assert.deepEqual([found.startsWith('1 savefile not what it was, as verify found: c1; '), verdict], [true, 'broken']);
});

/** Appends entries that fit until there are so many. */
function fill(database: Database.Database, entries: number): void {
  const newest = database.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq DESC LIMIT 1').get();
  const columns = ['seq', 'at', 'outcome', 'settles', 'verb', 'analyst', 'acting_for', 'origin', 'words', 'capture'];
  const all = [...columns, 'detail', 'process', 'previous', 'hash'];
  const insert = database.prepare(`INSERT INTO audit VALUES (${all.map((column) => `@${column}`)})`);
  database.transaction(() => {
    let { hash: previous } = newest ?? beginning;
    for (let seq = (newest?.seq ?? 0) + 1; seq <= entries; seq += 1) {
      const { hash: _, ...like } = newest as AuditRow;
      const fields = { ...like, seq, previous };
      previous = hashOf(fields);
      insert.run({ ...fields, hash: previous });
    }
  })();
}

function leaseOf(sensor: Sensor): string | undefined {
  return inRegistry(sensor, (database) => database.prepare<[], string>('SELECT holder FROM lease').pluck().get());
}

function inRegistry<Result>({ registry }: Sensor, act: (database: Database.Database) => Result): Result {
  const database = new Database(registry);
  try {
    return act(database);
  } finally {
    database.close();
  }
}

async function udpCollector(t: TestContext): Promise<{ server: string; messages: string[] }> {
  const messages: string[] = [];
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.on('message', (message) => messages.push(message.toString('latin1')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { server: `udp://127.0.0.1:${socket.address().port}`, messages };
}

async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
