import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execa } from 'execa';
import { openNetwork } from '../../sandbox/network/network.ts';
import { tcpdumpsOf } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { captureCommand, run } from '../cli/shell.ts';
import { openSensor } from '../doctor/sensor.ts';

test('an interface that is removed under a capture ends it as died, in the words of tcpdump, with what it had sealed', async (t) => {
  const network = await openNetwork({ name: 'removed', kind: 'namespace' });
  t.after(() => network.close());
  const sensor = openSensor(t);
  sensor.configure({ interfaces: [network.interface] });
  const shell = (...words: string[]) => {
    const { file, args } = network.command(captureCommand, words);
    return run(file, args, { CAPTURE_CONFIG: sensor.file, SUDO_USER: 'grant' });
  };
  const started = await shell('start', '-d', 'x', '-e', 'udp port 4444');
  assert.equal(started.code, 0, started.err);
  await execa('ip', ['-n', network.description.namespaces?.sensor ?? '', 'link', 'delete', network.interface]);
  await until('tcpdump to end', () => tcpdumpsOf(sensor.captures).length === 0);

  // The supervisor that the start left behind may be sealing it just now.
  const shown = await until('its ending', async () => {
    const look = JSON.parse((await shell('show', '--json', 'c1')).out);
    return look.state !== 'stopping' && look;
  });
  assert.equal(shown.state, 'died');
  assert.match(shown.why, /^tcpdump ended by itself: The interface disappeared/);
  assert.match(shown.sha256, /^[0-9a-f]{64}$/);
  const again = await shell('start', '-d', 'x', '-e', 'udp port 4444');
  assert.equal(again.code, 69, again.err);
  assert.match(again.err, /does not exist on this sensor: look with "ip link"/);
});
