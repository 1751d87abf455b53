import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { pcap, udpPackets } from '../capture/pcaps.ts';
import { argumentsOf } from '../capture/sensor.ts';
import { until } from '../capture/wait.ts';
import { captureCommand, installation } from './shell.ts';

const { directory, file, ring } = installation();

before(() => {
  const path = join(ring, 'daemonlogger.pcap.0');
  writeFileSync(path, pcap(udpPackets(300_000)));
  for (let at = 1; at < 40; at += 1) linkSync(path, join(ring, `daemonlogger.pcap.${at}`));
});
after(() => rmSync(directory, { recursive: true }));

/** A search in a process group of its own, as a shell gives each command. */
function search(expression: string) {
  const child = spawn(captureCommand, ['search', '--json', '-d', 'long', expression], {
    env: { ...process.env, TZ: 'UTC', CAPTURE_CONFIG: file, SUDO_USER: 'grant' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { pid: child.pid ?? 0, closed, steps: createInterface({ input: child.stdout }) };
}

describe('a search at the shell', () => {
  test('that gets a Ctrl-C, as all of its process group does, is told as cancelled; no ring file is called damaged', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { pid, closed, steps } = search('udp');
      let last: Record<string, unknown> = {};
      let interrupted = false;
      for await (const step of steps) {
        last = JSON.parse(step);
        if (interrupted || !isUnderWay(step)) continue;
        interrupted = process.kill(-pid, 'SIGINT');
      }
      assert.equal(await closed, 130);
      assert.equal(last.state, 'cancelled');
      const outcomes = Object.keys(Object(last.coverage));
      assert.deepEqual(
        outcomes.filter((outcome) => outcome !== 'searched'),
        ['not searched'],
      );
    }
  });

  test('that is killed takes its filter with it', async () => {
    const { pid, closed, steps } = search('udp and len <= 4711');
    for await (const step of steps) if (isUnderWay(step)) process.kill(pid, 'SIGKILL');
    await closed;
    await until('no filter is left', () => filters().length === 0);
  });
});

/** Whether a step tells of a file that was searched. */
function isUnderWay(step: string): boolean {
  return /"filesDone":[1-9]/.test(step);
}

/** The filters of the second test, whoever started them. */
function filters(): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => argumentsOf(pid).includes('udp and len <= 4711') && isTcpdump(pid));
}

function isTcpdump(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'tcpdump';
  } catch {
    return false;
  }
}
