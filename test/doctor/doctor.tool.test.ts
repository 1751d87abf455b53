import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeRingFile } from '../cli/shell.ts';
import { findingOf, openSensor } from './sensor.ts';

describe('capture doctor on an installation that works', () => {
  test('finds nothing broken, says so last, and leaves no trace', async (t) => {
    const sensor = openSensor(t);
    const { code, out, err } = await sensor.as('mallory', 'doctor');
    assert.equal(code, 0, out + err);
    assert.match(out, /^ok {7}configuration {5}\/\S+\/capture\.yml of bench-1/);
    assert.match(out, /^ok {7}tcpdump {11}\d+\.\d+.* at \/\S+tcpdump$/m);
    assert.match(out, /^ok {7}libpcap {11}\d+\.\d+/m);
    assert.match(out, /^ok {7}capturing lo {6}permitted, in promiscuous mode$/m);
    assert.match(out, /^warning {2}interface lo {6}is the loopback/m);
    assert.match(out, /^ok {7}ring dmz {10}1 file, .* from \d{4}-/m);
    assert.match(out, /\n\n\d+ ok, 1 warning, 0 broken, \d skipped: nothing is broken\.\n$/);
    for (const line of out.split('\n')) assert.ok(line.length < 80 || !line.includes(' ') || /^ {13}/.test(line), line);
    assert.ok(!existsSync(sensor.state), 'the state directory was not made');
    assert.ok(!existsSync(sensor.captures), 'the captures directory was not made');
  });

  test('counts what runs, and is itself no entry of the audit log', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'seen', 'udp port 40410');
    const { code, told } = await sensor.examined();
    assert.equal(code, 0);
    assert.equal(findingOf(told, 'running captures').found, '1, each with its process');
    assert.match(findingOf(told, 'registry').found, /^whole, 1 capture, schema \d+ of \d+$/);
    assert.equal(findingOf(told, 'savefiles').verdict, 'ok');
    assert.doesNotMatch((await sensor.capture('audit')).out, /doctor/);
  });
});

describe('capture doctor where something is broken', { concurrency: 4 }, () => {
  test('names every mistake of a configuration first, and makes the checks that need none', async (t) => {
    const sensor = openSensor(t);
    writeFileSync(sensor.file, 'sensor: bench 1\nstate: 5\nfoo: 1\n');
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    assert.equal(told[0]?.check, 'configuration');
    for (const key of [/sensor: /, /state: /, /captures: /, /analysts: /, /foo: no such key/])
      assert.match(told[0]?.found ?? '', key);
    assert.deepEqual(told.map(({ check }) => check).slice(1), [
      'user',
      'node',
      'tcpdump',
      'libpcap',
      'mergecap',
      'clock',
    ]);
  });

  test('works without any configuration, and where everybody may write it', async (t) => {
    const sensor = openSensor(t);
    const [without] = (await sensor.examined({ CAPTURE_CONFIG: '/nonexistent.yml' })).told;
    assert.match(without?.found ?? '', /no configuration at \/nonexistent\.yml/);
    assert.match(without?.mend?.say ?? '', /^Make one; or, .* this user may not see it/);
    chmodSync(sensor.file, 0o666);
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    assert.equal(findingOf(told, 'configuration').mend?.command, `chmod go-w ${sensor.file}`);
  });

  test('says where one lead is too few for what waits for a second person', async (t) => {
    const sensor = openSensor(t);
    appendFileSync(sensor.file, 'approval: { everything: true }\n');
    const { code, told } = await sensor.examined();
    assert.equal(code, 0);
    assert.match(findingOf(told, 'approval').found, /^grant is the only lead: nobody can approve what grant asks for/);
  });

  test('says to a user without the right to capture which line gives it', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('list');
    const { code, out } = await sensor.asNobody('doctor', '--json');
    assert.equal(code, 69);
    const told = JSON.parse(out).checks;
    const permission = findingOf(told, 'capturing lo');
    assert.equal(permission.verdict, 'broken');
    assert.match(permission.mend?.command ?? '', /^setcap cap_net_raw\+ep \/\S+\/tcpdump$/);
    assert.match(permission.mend?.say ?? '', /%soc ALL = \(root\) NOPASSWD: \/\S+\/bin\/capture$/);
    assert.match(findingOf(told, 'state directory').found, /not writable for this user/);
    assert.match(findingOf(told, 'registry').found, /may not look into/);
  });

  test('tells a missing interface from one that is down', async (t) => {
    const sensor = openSensor(t);
    sensor.configure({ interfaces: ['lo', 'nope0', 'ifb0'] });
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    assert.equal(findingOf(told, 'interface nope0').found, 'does not exist on this sensor');
    if (existsSync('/sys/class/net/ifb0'))
      assert.equal(findingOf(told, 'interface ifb0').mend?.command, 'ip link set dev ifb0 up');
    assert.ok(!told.some(({ check }) => check === 'capturing nope0'));
  });

  test('says where ring files are pinned, and what keeps them from being so', async (t) => {
    const sensor = openSensor(t);
    mkdirSync(join(sensor.directory, 'pins'));
    chmodSync(join(sensor.directory, 'pins'), 0o755);
    assert.match(findingOf((await sensor.examined()).told, 'pins').found, /state\/pins is not there yet/);
    sensor.configure({ pins: { directory: 'pins' } });
    const open = findingOf((await sensor.examined()).told, 'pins');
    assert.equal(open.mend?.command, `chmod o-rw ${join(sensor.directory, 'pins')}`);
    sensor.configure({ pins: { directory: 'capture.yml' } });
    assert.match(findingOf((await sensor.examined()).told, 'pins').found, /capture\.yml is not a directory/);
  });

  test('refuses to keep evidence in a ring, where everybody may look, or below the floor of free space', async (t) => {
    const sensor = openSensor(t);
    mkdirSync(join(sensor.ring, 'ours'));
    mkdirSync(sensor.state);
    chmodSync(sensor.state, 0o755);
    sensor.configure({ captures: 'ring/ours', group: 'nosuchgroup', limits: { freeSpace: '900TB' } });
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    assert.match(findingOf(told, 'captures').found, /is inside the ring dmz/);
    assert.deepEqual(findingOf(told, 'state directory').mend?.command, `chmod o-rw ${sensor.state}`);
    assert.equal(findingOf(told, 'group').verdict, 'broken');
    assert.match(findingOf(told, 'free space').found, /no capture may start$/);
  });
});

describe('capture doctor on a ring', () => {
  test('tells a ring that is gone, empty, stopped, ahead of the clock, or holds foreign files', async (t) => {
    const sensor = openSensor(t);
    const rings = ['stopped', 'ahead', 'empty', 'mixed'].map((name) => ({
      name,
      path: join(sensor.directory, name),
      interface: 'lo',
    }));
    for (const { path } of rings) mkdirSync(path);
    const now = Math.floor(Date.now() / 1_000);
    writeRingFile(join(sensor.directory, 'stopped'), now - 7_200, { count: 2, port: 1 });
    utimesSync(join(sensor.directory, 'stopped', `daemonlogger.pcap.${now - 7_200}`), now - 7_200, now - 7_200);
    writeRingFile(join(sensor.directory, 'ahead'), now + 1_800, { count: 2, port: 1 });
    writeRingFile(join(sensor.directory, 'mixed'), now - 10, { count: 2, port: 1 });
    writeFileSync(
      join(sensor.directory, 'mixed', 'notes.txt'),
      'a line that is no packet, and long enough for a header',
    );
    symlinkSync('/etc/hostname', join(sensor.directory, 'mixed', 'daemonlogger.pcap.1'));
    sensor.configure({ rings: [{ name: 'gone', path: 'nowhere', interface: 'lo' }, ...rings] });
    const { code, told } = await sensor.examined();
    const of = (name: string) =>
      told.filter(({ check }) => check === `ring ${name}`).map(({ verdict, found }) => `${verdict}: ${found}`);
    assert.equal(code, 69);
    assert.match(of('gone').join(), /^broken: the ring \S+ cannot be read/);
    assert.match(of('empty').join(), /^warning: no classic pcap/);
    assert.match(of('stopped').join(), /^warning: 1 file, .*nothing was written for 2 h/);
    assert.match(
      of('ahead').join('\n'),
      /warning: packets in daemonlogger\.pcap\.\d+ are \d+ min.* ahead of the clock/,
    );
    assert.match(of('mixed').join('\n'), /^ok: 1 file, .*\nwarning: 2 files cannot be searched: /);
  });
});

describe('capture doctor on what runs and what is kept', () => {
  test('finds a tcpdump that nobody knows, and files that come or go behind the registry', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'kept', 'udp port 40411');
    await sensor.capture('stop', 'kept');
    const [savefile = ''] = readdirSync(sensor.captures).filter((name) => name.endsWith('.pcap'));
    execFileSync('mv', [join(sensor.captures, savefile), join(sensor.directory, savefile)]);
    writeFileSync(join(sensor.captures, 'foreign.pcap'), '');
    const orphan = spawn('tcpdump', ['-nn', '-i', 'lo', '-w', join(sensor.captures, 'orphan.pcap'), 'port 40412']);
    t.after(() => orphan.kill('SIGINT'));
    await new Promise((resolve) => orphan.stderr.once('data', resolve));
    const { code, told } = await sensor.examined();
    assert.equal(code, 69);
    assert.equal(findingOf(told, 'orphan').mend?.command, `kill -INT ${orphan.pid}`);
    const savefiles = told.filter(({ check }) => check === 'savefiles').map(({ found }) => found);
    assert.match(savefiles.join('\n'), /2 files that the registry does not know: foreign\.pcap and orphan\.pcap/);
    assert.match(savefiles.join('\n'), /1 savefile gone: of c1/);
  });

  test('finds a capture whose tcpdump is gone, and leaves its settling to the next command', async (t) => {
    const sensor = openSensor(t);
    await sensor.capture('start', '-d', 'killed', '--for', '1h', 'udp port 40413');
    const supervisors = execFileSync('pgrep', ['-f', `supervisor/main.ts.*${sensor.file}`], { encoding: 'utf8' });
    for (const pid of supervisors.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    const tcpdump = execFileSync('pgrep', ['-f', `tcpdump.*${sensor.captures}`], { encoding: 'utf8' }).trim();
    process.kill(Number(tcpdump), 'SIGKILL');
    const { told } = await sensor.examined();
    assert.equal(findingOf(told, 'running captures').found, 'c1 of 1 without a process');
    assert.equal((await sensor.capture('list')).out, '');
  });
});
