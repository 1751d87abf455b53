import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { type Network, openNetwork } from '../../sandbox/network/network.ts';
import { startDaemonlogger } from '../../sandbox/ring/daemonlogger.ts';
import { replay } from '../../sandbox/ring/replay.ts';
import { expandForVlan } from '../../src/capture/vlan.ts';
import { recordsOf, selectedBy, timesOf } from './reference.ts';
import { argumentsOf, openSensor, type Sensor, searched } from './sensor.ts';
import { fifteen, orderOf } from './tagged.ts';
import { until } from './wait.ts';

let network: Network;
let directory: string;
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vlan-test-'));
  network = await openNetwork({ name: 'vlan', kind: 'namespace' });
});
after(async () => {
  await network.close();
  rmSync(directory, { recursive: true });
});

/** Runs a program of the tests inside the sensor's namespace. */
function inside(program: string) {
  const words = [join(import.meta.dirname, program), JSON.stringify(network.description)];
  const { file, args } = network.command(process.execPath, [...words, mkdtempSync(join(directory, 'sensor-'))]);
  return execa(file, args, { stdin: 'ignore', stderr: 'inherit', reject: false });
}

describe('fifteen frames, three without a tag, five with one, seven with two', () => {
  test('are captured live: all of them where tags are known, eight as typed', async () => {
    const { stdout } = await inside('vlan-inside.ts');
    const { quiet, busy, expanded, exact, typed } = JSON.parse(stdout);
    assert.deepEqual(quiet, { expanded: false, warnings: [], packets: 8 });
    assert.equal(busy, true, 'tags were passing when it was started');
    assert.deepEqual([expanded.expanded, expanded.packets], [true, 15]);
    assert.match(expanded.warnings.join(), /^tap0 carries VLAN tags: .*; --exact takes it as typed$/);
    assert.deepEqual([exact.expanded, exact.packets], [false, 8]);
    assert.match(exact.warnings.join(), /^tap0 carries VLAN tags, .* \(--exact\): it misses packets with two tags$/);
    assert.deepEqual(typed, { expanded: false, warnings: [], packets: 5 });
  });

  describe('in a ring that daemonlogger wrote', () => {
    let sensor: Sensor;
    let files: string[];
    before(async () => {
      const ring = join(directory, 'ring');
      const { expression } = orderOf(network.hosts);
      const logger = await startDaemonlogger({
        network,
        interface: network.interface,
        directory: ring,
        unbuffered: true,
      });
      await replay(network, fifteen(network.hosts));
      files = readdirSync(ring).map((name) => join(ring, name));
      await until('the logger has written them all', async () => {
        return timesOf(await selectedBy(expandForVlan(expression), files)).length === 15;
      });
      await logger.stop();
      sensor = openSensor({ rings: [{ name: 'dmz', path: ring, interface: network.interface }] });
    });
    after(() => sensor.close());

    for (const [exact, count] of [
      [false, 15],
      [true, 3],
    ] as const) {
      test(`are found: ${count} ${exact ? 'as typed' : 'of them'}, which is what tcpdump -r selects`, async () => {
        const { expression } = orderOf(network.hosts);
        const steps = await searched(sensor, { expression, exact });
        const [first, last] = [steps[0], steps.at(-1)?.capture];
        assert.ok(first?.step === 'planned' && last !== undefined);
        assert.equal(last.packets, count);
        assert.equal(last.expanded, exact ? null : expandForVlan(expression));
        const selected = await selectedBy(last.expanded ?? expression, files);
        assert.ok(recordsOf(last.path).equals(selected));
        assert.equal(timesOf(selected).length, count);
        const told = exact ? /taken as typed \(--exact\): it misses packets with tags$/ : /--exact takes it as typed$/;
        assert.match(first.warnings.join(), told);
        assert.match(first.warnings.join(), /^the ring dmz \(tap0\) carries VLAN tags/);
      });
    }
  });
});

describe('the look for tags on a quiet interface', () => {
  test('leaves no process behind, not even of a start that was refused and whose process was killed meanwhile', async () => {
    const sensorNamespace = network.description.namespaces?.sensor ?? '';
    const probes = async () => {
      const { stdout } = await execa('ip', ['netns', 'pids', sensorNamespace]);
      return stdout.split('\n').filter((pid) => argumentsOf(Number(pid)).includes('--immediate-mode'));
    };
    const { stdout, signal } = await inside('vlan-refused.ts');
    assert.match(stdout, /^refused: .*free/);
    assert.match(stdout, /^probes: [12]$/m, 'it was looking when the start was refused');
    assert.equal(signal, 'SIGKILL');
    await until('the probe is gone', async () => (await probes()).length === 0);
  });
});
