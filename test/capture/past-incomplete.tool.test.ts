import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pcap } from './pcaps.ts';
import { allOf, argumentsOf, openSensor, searched } from './sensor.ts';

const second = 1_000_000;
const start = Date.UTC(2026, 2, 1) * 1_000;
const frame = Buffer.alloc(600, 1);

test('a packet that stands behind a younger one is found, although the window ends before the first of the file', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  const packets = [100, 50].map((at) => ({ at: start + at * second, frame }));
  writeFileSync(join(sensor.ring, 'daemonlogger.pcap.1'), pcap(packets));
  const steps = await searched(sensor, { window: { since: start, until: start + 70 * second } });
  assert.equal(steps.at(-1)?.capture.packets, 1);
});

test('a file that is left out says by what it was known to be outside the window', async (t) => {
  const sensor = openSensor();
  t.after(() => sensor.close());
  writeFileSync(join(sensor.ring, 'daemonlogger.pcap.1'), pcap([{ at: start + 3_600 * second, frame }]));
  const steps = await searched(sensor, { window: { since: start, until: start + second } });
  const [report] = sensor.engine.coverage(steps.at(-1)?.capture.id ?? '');
  assert.deepEqual([report?.outcome, report?.detail], ['outside window', 'by its first packet']);
});

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`a search whose filter gets ${signal} fails and says so; the file is not called damaged`, async (t) => {
    const sensor = openSensor();
    t.after(() => sensor.close());
    const packets = Array.from({ length: 60_000 }, (_, at) => ({ at: start + at, frame }));
    writeFileSync(join(sensor.ring, 'daemonlogger.pcap.1'), pcap(packets));
    const kill = setInterval(() => {
      for (const pid of filters()) if (isInTheMiddle(pid)) process.kill(pid, signal);
    }, 1);
    t.after(() => clearInterval(kill));
    await assert.rejects(searched(sensor, { expression: leftToTcpdump }), {
      code: 'tool_failed',
      message: new RegExp(`was ended by ${signal}`),
    });
    const [capture] = await allOf(sensor);
    assert.equal(capture?.state, 'failed');
    assert.deepEqual(
      sensor.engine.coverage(capture.id).map(({ outcome }) => outcome),
      ['not searched'],
    );
  });
}

/** It jumps backward in its program, and is true of each of these packets. */
const leftToTcpdump = 'udp or ip6 protochain 17';

/** Every tcpdump that this process started to filter a stream, and nobody else's. */
function filters(): number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ');
  return children.map(Number).filter((pid) => pid > 0 && isFilter(argumentsOf(pid)));
}

function isFilter([program, ...args]: string[]): boolean {
  return program?.endsWith('tcpdump') === true && args.includes('-r') && args.includes('-w');
}

/** Whether it has taken some of the file: before that it dies of SIGINT as of any signal. */
function isInTheMiddle(pid: number): boolean {
  try {
    return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]) > 500_000;
  } catch {
    return false;
  }
}
