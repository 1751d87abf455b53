import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { isAlive, tokenOf } from '../../src/capture/process.ts';
import { tcpdumpsWritingInto } from '../../src/capture/writing.ts';
import { reboot } from '../capture/reboot.ts';
import { until } from '../capture/wait.ts';
import { captureCommand } from '../cli/shell.ts';
import { damageAnIndex, damages } from './damage.ts';
import { openSensor, type Sensor } from './sensor.ts';

/** A sensor with an ended capture c1, a running one c2 and a search c3, whose registry nobody has open. */
async function usedSensor(t: TestContext): Promise<Sensor & { readonly tcpdump: string }> {
  const sensor = openSensor(t);
  await sensor.capture('start', '-d', 'traffic to shop', '--case', 'INC-7', 'udp port 40420');
  await sensor.capture('stop', 'c1');
  await sensor.capture('start', '-a', 'will', '-d', 'odd DNS', 'udp port 40421');
  const list = join(sensor.directory, 'hosts');
  writeFileSync(list, '192.0.2.7\n2001:db8::/32\n');
  await sensor.capture('search', '-d', 'the past', '--hosts', list, 'udp port 4444');
  await endSupervisor(sensor);
  const [writing] = tcpdumpsWritingInto(sensor.captures);
  if (writing === undefined) throw new Error('nothing captures');
  return { ...sensor, tcpdump: writing.tcpdump };
}

/** Ends the process that looks after running captures, and waits until it has let go of the registry. */
async function endSupervisor({ file }: Sensor): Promise<void> {
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const words = commandLine(pid);
    if (!words.includes(file) || !words.some((word) => word.endsWith('supervisor/main.ts'))) continue;
    const supervisor = tokenOf(pid);
    process.kill(pid, 'SIGTERM');
    while (supervisor !== undefined && isAlive(supervisor)) await pause(20);
  }
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Sends a datagram of so many bytes to a port of this machine. */
async function send(port: number, bytes: number): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) =>
    socket.send(Buffer.alloc(bytes), port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
  );
  socket.close();
}

async function listed(sensor: Sensor) {
  const { out, err } = await sensor.capture('list', '--all', '--json');
  assert.notEqual(out, '', err);
  return JSON.parse(out) as {
    id: string;
    state: string;
    savefile: string;
    sha256: string | null;
    description: string;
  }[];
}

describe('a registry that is damaged or lost', { concurrency: 4 }, () => {
  for (const [title, damage] of Object.entries(damages)) {
    test(`${title}: told at every verb, made anew from sidecars, and what runs goes on`, async (t) => {
      const sensor = await usedSensor(t);
      damage(sensor.registry);
      const refused = await sensor.capture('list');
      assert.equal(refused.code, 69, refused.err);
      assert.match(
        refused.err,
        /^capture: the registry \S+ (is damaged|was lost).*: what runs goes on running; .*capture doctor --rebuild/,
      );
      assert.doesNotMatch(refused.err, /\n {4}at /);

      const rebuilt = await sensor.capture('doctor', '--rebuild');
      assert.equal(rebuilt.code, 0, rebuilt.err);
      assert.match(
        rebuilt.out,
        /^Rebuilt: the registry has 3 captures again, 2 of them from sidecars\.\nc2 from its running tcpdump/,
      );
      assert.ok(isAlive(sensor.tcpdump), 'the running tcpdump was not touched');
      assert.deepEqual(
        (await listed(sensor)).map(({ id, state }) => `${id} ${state}`),
        ['c3 finished', 'c2 running', 'c1 stopped'],
      );
      const kept = readdirSync(sensor.state).filter((name) => /^registry\.sqlite\.damaged-[^.]*Z$/.test(name));
      assert.equal(kept.length, existsSync(sensor.registry) && title !== 'it is gone' ? 1 : 0);
    });
  }

  test('made anew has everything that the sidecars have, and works', async (t) => {
    const sensor = await usedSensor(t);
    const before = await sensor.capture('show', '--json', 'c1');
    const { hosts } = JSON.parse((await sensor.capture('show', '--json', 'c3')).out);
    await endSupervisor(sensor);
    damages['its pages hold garbage']?.(sensor.registry);
    await sensor.capture('doctor', '--rebuild');
    assert.deepEqual(JSON.parse((await sensor.capture('show', '--json', 'c1')).out), JSON.parse(before.out));
    const running = JSON.parse((await sensor.capture('show', '--json', 'c2')).out);
    assert.deepEqual(
      [running.analyst, running.expression, running.interface, running.description],
      ['will', 'udp port 40421', 'lo', "odd.DNS (from the savefile's name: the registry was rebuilt)"],
    );
    assert.match((await sensor.capture('show', 'c3')).out, /Ring files: 1 searched/);
    assert.deepEqual(hosts.nets, ['192.0.2.7/32', '2001:db8::/32']);
    assert.deepEqual(JSON.parse((await sensor.capture('show', '--json', 'c3')).out).hosts, hosts);
    const stopped = await sensor.capture('stop', '-v', 'c2');
    assert.equal(stopped.code, 0, stopped.err);
    assert.match(stopped.out, /0 captured, .*0 dropped by kernel/, 'the closing counts were found again');
    await sensor.capture('start', '-d', 'next', 'udp port 40422');
    assert.equal((await listed(sensor))[0]?.id, 'c4');
    const { code, told } = await sensor.examined();
    assert.equal(code, 0, JSON.stringify(told));
  });

  test('belongs to whom the old one did, and is read by nobody else', async (t) => {
    const sensor = await usedSensor(t);
    damageAnIndex(sensor.registry);
    chmodSync(sensor.registry, 0o600);
    chownSync(sensor.registry, 65_534, 65_534);
    assert.equal((await sensor.capture('doctor', '--rebuild')).code, 0);
    const { uid, gid, mode } = statSync(sensor.registry);
    assert.deepEqual([uid, gid, mode & 0o777], [65_534, 65_534, 0o600]);
  });

  test('begins a new audit log, which says so and names the last entry of the old one', async (t) => {
    const sensor = await usedSensor(t);
    const [last] = JSON.parse((await sensor.capture('audit', '--last', '1', '--json')).out);
    await endSupervisor(sensor);
    damageAnIndex(sensor.registry);
    const rebuilt = await sensor.capture('doctor', '--rebuild');
    assert.match(rebuilt.out, /The last entry of the old one that can be read: \d+ [0-9a-f]{64}/);
    const [first, second] = JSON.parse((await sensor.capture('audit', '--json')).out);
    assert.deepEqual([first.seq, first.outcome, first.analyst, first.verb], [1, 'noted', 'grant', 'rebuild']);
    assert.match(first.detail, new RegExp(`^a new chain begins: .* kept beside it .* ${last.seq}, ${last.hash}$`));
    assert.equal(second.capture, 'c2');
  });

  test('gives what runs its description back where the damaged file still has it', async (t) => {
    const sensor = await usedSensor(t);
    damageAnIndex(sensor.registry);
    assert.equal((await sensor.capture('doctor', '--rebuild')).code, 0);
    assert.equal((await listed(sensor))[1]?.description, 'odd DNS');
  });

  test('does not end what runs beyond the configured size, and says what is not known of it any more', async (t) => {
    const sensor = openSensor(t);
    sensor.configure({ limits: { freeSpace: '1MB', size: '300kB', duration: '2h' } });
    const more = ['--for', '7d', '--max-size', '50GB', '--keep', '--case', 'INC-7'];
    await sensor.capture('start', '-d', 'much', ...more, '--packets', '9999', 'udp port 40426');
    const shown = async () => JSON.parse((await sensor.capture('show', '--json', 'c1')).out);
    const { savefile } = await shown();
    await until('the savefile to be larger than the configured size', async () => {
      await send(40_426, 8_000);
      return statSync(join(sensor.captures, savefile)).size > 400_000;
    });
    await endSupervisor(sensor);
    damages['it is gone']?.(sensor.registry);
    const rebuiltAt = Date.now();
    const rebuilt = await sensor.capture('doctor', '--rebuild');
    assert.match(
      rebuilt.out,
      /^c1: its limits, --keep, case and words as typed are not known any more: it ends at \S+Z, no limit of size, 9999 packets at most; capture extend c1 moves its end, capture keep c1 has it started again after a reboot$/m,
    );
    assert.match(
      rebuilt.out,
      /records of savefiles that retention deleted, requests for approval, and limits, --keep, case and approval of what runs/,
    );
    assert.match(rebuilt.out, /^Sidecars were taken as they are: .*"capture verify" before a rebuild/m);
    const [, entry] = JSON.parse((await sensor.capture('audit', '--json')).out);
    assert.match(entry.detail, /no limit of size/);
    const { limits, counts } = await shown();
    assert.deepEqual([limits.bytes, limits.packets], [null, 9_999]);
    const ends = Date.parse(limits.deadline) - rebuiltAt;
    assert.ok(ends >= 7_200_000 && ends < 7_260_000, limits.deadline);
    // Whoever supervises asks for counts only where no limit is reached.
    await send(40_426, 8_000);
    const looked = await until('a look at its limits', async () => {
      const now = await shown();
      return (now.state !== 'running' || (now.counts?.captured ?? 0) > (counts?.captured ?? 0)) && now;
    });
    assert.equal(looked.state, 'running', looked.why);
  });

  test('takes savefiles without a sidecar for what they are: settled as died, with facts, digest and sidecar', async (t) => {
    const sensor = await usedSensor(t);
    process.kill(Number(sensor.tcpdump.split('/')[0]), 'SIGKILL');
    writeFileSync(join(sensor.captures, 'holiday.pcap'), 'not ours');
    writeFileSync(join(sensor.captures, 'grant_x_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap.json'), '{ "half": ');
    damages['it is gone']?.(sensor.registry);
    const rebuilt = await sensor.capture('doctor', '--rebuild');
    assert.match(rebuilt.out, /^c\d+ from its savefile, which has no sidecar: will_odd\.DNS_/m);
    assert.match(rebuilt.out, /^Left alone: holiday\.pcap \(no name that capture gives\)$/m);
    assert.match(rebuilt.out, /^Left alone: grant_x_\S+\.json \(no sidecar that can be read\)$/m);
    const died = (await listed(sensor)).find(({ savefile }) => savefile.startsWith('will_odd'));
    assert.equal(died?.state, 'died');
    assert.match(died?.sha256 ?? '', /^[0-9a-f]{64}$/);
    assert.ok(existsSync(join(sensor.captures, `${died?.savefile}.json`)));
  });

  test('can be made anew after a rebuild that was killed at any instant', async (t) => {
    const sensor = await usedSensor(t);
    damages['its pages hold garbage']?.(sensor.registry);
    const env = { ...process.env, CAPTURE_CONFIG: sensor.file, SUDO_USER: 'grant' };
    for (let round = 0; round < 8; round += 1) {
      const rebuild = spawn(captureCommand, ['doctor', '--rebuild'], { env, stdio: 'ignore' });
      const ended = once(rebuild, 'exit');
      // Its workshop is the sign that it began: from there on it is killed a little later each round.
      while (rebuild.exitCode === null && !readdirSync(sensor.state).some((name) => name.startsWith('rebuild.')))
        await pause(1);
      await pause(round * 4);
      rebuild.kill('SIGKILL');
      await ended;
    }
    const { code, err } = await sensor.capture('doctor', '--rebuild');
    assert.ok(code === 0 || code === 75, err);
    assert.deepEqual(
      (await listed(sensor)).map(({ id }) => id),
      ['c3', 'c2', 'c1'],
    );
    assert.ok(isAlive(sensor.tcpdump));
    assert.deepEqual(
      readdirSync(sensor.state).filter((name) => name.startsWith('rebuild.')),
      [],
    );
  });
});

describe('a capture that was kept over reboots', { concurrency: 3 }, () => {
  /** c1, kept, in its third savefile: the other two are from before a reboot each. Beside it c2, of the same words. */
  async function keptSensor(t: TestContext) {
    const sensor = openSensor(t);
    await sensor.capture('start', '--keep', '-d', 'kept', '--case', 'INC-7', '--packets', '99', 'udp port 40423');
    for (const times of [1, 2]) {
      await endSupervisor(sensor);
      await reboot(sensor.state);
      await sensor.capture('list');
      const { earlier, state } = await shown(sensor);
      assert.deepEqual([earlier.length, state], [times, 'running']);
    }
    await sensor.capture('start', '-d', 'kept', 'udp port 40424');
    await until('tcpdump to say its counts', async () => (await shown(sensor)).counts !== null);
    await endSupervisor(sensor);
    return sensor;
  }

  /** Each of its savefiles, with facts and digest, as the registry has it. */
  function rowsOf({ registry }: Sensor): unknown[] {
    const database = new Database(registry, { readonly: true });
    const rows = database.prepare('SELECT * FROM earlier ORDER BY ended_at').all();
    database.close();
    return rows;
  }

  async function shown(sensor: Sensor) {
    return JSON.parse((await sensor.capture('show', '--json', 'c1')).out);
  }

  for (const title of ['its pages hold garbage', 'it is gone']) {
    test(`goes on under its id where ${title}, with its words, limits, and the savefiles from before`, async (t) => {
      const sensor = await keptSensor(t);
      const before = { shown: await shown(sensor), rows: rowsOf(sensor) };
      await endSupervisor(sensor);
      damages[title]?.(sensor.registry);
      const rebuilt = await sensor.capture('doctor', '--rebuild');
      assert.equal(rebuilt.code, 0, rebuilt.err);
      assert.match(rebuilt.out, /^Rebuilt: the registry has 2 captures again, 0 of them from sidecars\.\n/);
      assert.match(rebuilt.out, /^c1 from its running tcpdump, and the sidecars of its earlier savefiles: /m);
      const after = await shown(sensor);
      const { deadline } = after.limits;
      assert.deepEqual(after, { ...before.shown, limits: { ...before.shown.limits, deadline } });
      assert.deepEqual(rowsOf(sensor), before.rows);
      assert.deepEqual([after.keep, after.case, after.limits.packets, after.earlier.length], [true, 'INC-7', 99, 2]);
      assert.deepEqual(
        (await listed(sensor)).map(({ id, state }) => `${id} ${state}`).sort(),
        // Both may have begun in one second.
        ['c1 running', 'c2 running'],
      );
      assert.equal((await sensor.capture('stop', '--all')).code, 0);
      const verified = await sensor.capture('verify');
      assert.match(verified.out, /\n4 savefiles: 4 hold\n$/, verified.out);
      assert.equal(verified.code, 0);
    });
  }

  test('is one capture again once it has ended, as it was', async (t) => {
    const sensor = await keptSensor(t);
    await sensor.capture('stop', '--all');
    const before = { shown: await shown(sensor), rows: rowsOf(sensor) };
    await endSupervisor(sensor);
    damages['it is gone']?.(sensor.registry);
    const rebuilt = await sensor.capture('doctor', '--rebuild');
    assert.match(rebuilt.out, /^Rebuilt: the registry has 2 captures again, 2 of them from sidecars\.\nIt was rebuilt/);
    assert.deepEqual(await shown(sensor), before.shown);
    assert.deepEqual(rowsOf(sensor), before.rows);
    assert.equal((await sensor.capture('verify')).code, 0);
    const { code, told } = await sensor.examined();
    assert.equal(code, 0, JSON.stringify(told));
  });

  test('that ended unseen is settled as one capture, its last savefile as of one that died', async (t) => {
    const sensor = await keptSensor(t);
    for (const { tcpdump } of tcpdumpsWritingInto(sensor.captures))
      process.kill(Number(tcpdump.split('/')[0]), 'SIGKILL');
    damages['it is gone']?.(sensor.registry);
    const rebuilt = await sensor.capture('doctor', '--rebuild');
    assert.match(
      rebuilt.out,
      /^c1 from its savefile, which has no sidecar, and the sidecars of its earlier savefiles: /m,
    );
    const { state, earlier, sha256 } = await shown(sensor);
    assert.deepEqual([state, earlier.length, sha256?.length], ['died', 2, 64]);
    assert.equal((await listed(sensor)).length, 2);
    assert.equal((await sensor.capture('verify')).code, 0);
  });

  test('that was never started again is kept on where the damaged file still says so', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '--keep', '-d', 'kept', 'udp port 40425');
    await endSupervisor(sensor);
    damageAnIndex(sensor.registry);
    assert.equal((await sensor.capture('doctor', '--rebuild')).code, 0);
    const { keep, description } = await shown(sensor);
    assert.deepEqual([keep, description], [true, 'kept']);
  });
});

describe('a rebuild is refused', { concurrency: 3 }, () => {
  test('where the registry is healthy, or was never there', async (t) => {
    const sensor = openSensor(t);
    const early = await sensor.capture('doctor', '--rebuild');
    assert.deepEqual([early.code, early.err.includes('no registry yet')], [75, true], early.err);
    await sensor.capture('list');
    const healthy = await sensor.capture('doctor', '--rebuild');
    assert.deepEqual([healthy.code, healthy.err.includes('is healthy')], [75, true], healthy.err);
  });

  test('while another process has the registry open, which is named', async (t) => {
    const sensor = await usedSensor(t);
    damageAnIndex(sensor.registry);
    const other = new Database(sensor.registry);
    other.pragma('journal_mode');
    const refused = await sensor.capture('doctor', '--rebuild');
    other.close();
    assert.equal(refused.code, 75, refused.err);
    assert.match(
      refused.err,
      new RegExp(`process ${process.pid} \\(.*\\) has the registry open: .*captures go on running`),
    );
  });

  test('to an analyst, a stranger, and a lead without the rights to the state directory', async (t) => {
    const sensor = await usedSensor(t);
    damageAnIndex(sensor.registry);
    const before = readFileSync(sensor.registry);
    assert.equal((await sensor.as('will', 'doctor', '--rebuild')).code, 77);
    assert.equal((await sensor.as('mallory', 'doctor', '--rebuild')).code, 77);
    sensor.configure({ analysts: [{ name: 'grant', role: 'lead', login: ['grant', 'nobody'] }] });
    const nobody = await sensor.asNobody('doctor', '--rebuild');
    assert.ok(nobody.code === 77 || nobody.code === 75, nobody.err);
    assert.deepEqual(readFileSync(sensor.registry), before);
  });
});

test('a registry that another process holds locked is told after a while, and not as a bug', async (t) => {
  const sensor = openSensor(t);
  await sensor.capture('list');
  const other = new Database(sensor.registry);
  other.exec('BEGIN IMMEDIATE');
  const { code, err } = await sensor.capture('list');
  other.exec('ROLLBACK');
  other.close();
  assert.equal(code, 75, err);
  assert.match(
    err,
    /^capture: the registry \S+ has been locked by another process for 5 s: try again; fuser -v \S+ names it\n$/,
  );
});
