import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { tokenOf } from '../../src/capture/process.ts';
import { openSensor as openEngineSensor, tcpdumpsOf } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { capture, type Ran } from '../cli/shell.ts';
import { openSensor, type Sensor } from '../doctor/sensor.ts';

const expression = 'dst host 127.77.2.1 and udp port 9';

/** A sensor whose tcpdump does something else where it is to capture, and what is real everywhere else. */
function withTcpdump(t: TestContext, captures: string) {
  const sensor = openSensor(t);
  const [bin, pidFile] = [join(sensor.directory, 'bin'), join(sensor.directory, 'pid')];
  const real = execFileSync('which', ['tcpdump'], { encoding: 'utf8' }).trim();
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'tcpdump'),
    `#!/bin/bash
case " $* " in *" -w "*) ;; *) exec ${real} "$@" ;; esac
echo $$ > ${pidFile}
while [ "$1" != -w ]; do shift; done
savefile=$2
${captures}
`,
  );
  chmodSync(join(bin, 'tcpdump'), 0o755);
  const env = { CAPTURE_CONFIG: sensor.file, SUDO_USER: 'grant', PATH: `${bin}:${process.env.PATH}` };
  return {
    sensor,
    shell: (...words: string[]): Promise<Ran> => capture(words, env),
    /** Whether the process that was to capture still runs. */
    runs: () => tokenOf(Number(readFileSync(pidFile, 'utf8'))) !== undefined,
  };
}

/** c1 once it is settled: the supervisor that the start left behind may be sealing it just now. */
async function first(sensor: Sensor) {
  type Shown = { state: string; why: string; savefile: string; sha256: string | null };
  return until('c1 to be settled', async () => {
    const look: Shown = JSON.parse((await sensor.capture('show', '--json', 'c1')).out);
    return look.state !== 'stopping' && look;
  });
}

const pcapHeader = String.raw`printf '\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0' > "$savefile"`;
const listens = `${pcapHeader}; echo 'tcpdump: listening on lo, link-type EN10MB (Ethernet), snapshot length 262144 bytes' >&2`;

describe('a tcpdump that misbehaves', { concurrency: 8 }, () => {
  for (const [what, captures, words] of [
    [
      'dies at once, with words',
      `echo 'tcpdump: lo: no memory left' >&2; exit 1`,
      /tcpdump did not start: lo: no memory left/,
    ],
    ['dies at once, without a word', 'exit 0', /tcpdump did not start: it ended at once and said nothing/],
    [
      'never listens, and ignores what it is told',
      `trap '' INT TERM; exec sleep 600`,
      /tcpdump did not begin to listen within 10 s and was ended/,
    ],
  ] as const) {
    test(`and ${what}: the start says so, and leaves neither a process nor a file`, async (t) => {
      const { sensor, shell, runs } = withTcpdump(t, captures);
      const { code, err, out } = await shell('start', '-d', 'x', '-e', expression);
      assert.equal(code, 69, err);
      assert.equal(out, '');
      assert.match(err, words);
      assert.equal(runs(), false);
      assert.deepEqual(readdirSync(sensor.captures), []);
      const { state, why } = await first(sensor);
      assert.equal(state, 'failed');
      assert.match(why, words);
    });
  }

  test('and ignores SIGINT and SIGTERM: the stop ends it all the same, and what it wrote is sealed', async (t) => {
    const { sensor, shell, runs } = withTcpdump(t, `${listens}; trap '' USR1 INT TERM; exec sleep 600`);
    const started = await shell('start', '-d', 'x', '-e', expression);
    assert.equal(started.code, 0, started.err);
    const stopped = await shell('stop', 'c1');
    assert.equal(stopped.code, 0, stopped.err);
    assert.equal(runs(), false);
    const { state, why, savefile, sha256 } = await first(sensor);
    assert.equal(state, 'stopped');
    assert.match(why, /stopped by grant; tcpdump gave no closing counts: what the kernel dropped is not known/);
    assert.match(sha256 ?? '', /^[0-9a-f]{64}$/);
    assert.ok(existsSync(join(sensor.captures, `${savefile}.json`)));
  });

  for (const [signal, words] of [
    ['SIGKILL', /tcpdump was killed, or the sensor went down: what it had not written yet is lost/],
    ['SIGTERM', /tcpdump was ended by somebody outside capture/],
  ] as const) {
    test(`and was ended by somebody else with ${signal}: a stop says that it had died`, async (t) => {
      const sensor = openSensor(t);
      assert.equal((await sensor.capture('start', '-d', 'x', '-e', expression)).code, 0);
      const [pid] = tcpdumpsOf(sensor.captures);
      assert.ok(pid);
      process.kill(pid, signal);
      await until('it to be gone', () => tcpdumpsOf(sensor.captures).length === 0);
      const { code, out, err } = await sensor.capture('stop', 'c1');
      assert.ok(code === 0 || code === 75, err);
      assert.match(`${out}${err}`, words);
      const { state, why, sha256 } = await first(sensor);
      assert.equal(state, 'died');
      assert.match(why, words);
      assert.match(sha256 ?? '', /^[0-9a-f]{64}$/);
    });
  }

  test('and outlives even SIGKILL: the stop says so, it stays stopping, and the next look settles it once it has ended', async (t) => {
    const sensor = openEngineSensor();
    t.after(() => sensor.close());
    const { capture: begun } = await sensor.engine.start({ description: 'x', expression }, sensor.grant);
    for (const pid of tcpdumpsOf(sensor.directory)) process.kill(pid, 'SIGINT');
    await until('it to be gone', () => tcpdumpsOf(sensor.directory).length === 0);
    // The first process of a pid namespace gets no signal from inside that it does not handle, SIGKILL not excepted.
    const inside = spawn('unshare', [
      ...[
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        'bash',
        '-c',
        'exec 3>&1; "$@" >&3 & exec sleep 600 > /dev/null 3>&-',
      ],
      ...['bash', process.execPath, join(import.meta.dirname, 'stop-the-immortal.ts'), sensor.directory, begun.id],
    ]);
    const ended = once(inside, 'exit');
    t.after(() => inside.kill('SIGKILL'));
    const [said] = await once(inside.stdout, 'data');
    const { code, message } = JSON.parse(String(said));
    assert.equal(code, 'tool_failed', message);
    assert.match(message, /the tcpdump of c1 \(process 1\) does not end, not even when it is killed: .* tries again/);
    assert.equal(sensor.engine.peek(begun.id)?.state, 'stopping');
    inside.kill('SIGKILL');
    await ended;
    await until('it to be settled', async () => {
      await sensor.engine.reconcile();
      return sensor.engine.peek(begun.id)?.state === 'stopped';
    });
    assert.match(sensor.engine.peek(begun.id)?.sha256 ?? '', /^[0-9a-f]{64}$/);
  });
});
