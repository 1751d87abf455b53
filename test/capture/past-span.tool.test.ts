import assert from 'node:assert/strict';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Capture, RingSpan, Window } from '../../src/capture/capture.ts';
import { notHeld } from '../../src/reports/span.ts';
import { pcap, udpPackets } from './pcaps.ts';
import { openSensor, type Sensor, searched } from './sensor.ts';

const second = 1_000_000;
const minute = 60 * second;
/** 2026-11-24 02:10:05 UTC. */
const start = 1_795_486_205_000_000;

describe('what a ring held is part of what a search says', () => {
  let sensor: Sensor;
  /** An hour and a half after the ring begins. */
  let now: number;
  beforeEach(() => {
    now = start / 1_000 + 90 * 60_000;
    sensor = openSensor({}, () => now);
  });
  afterEach(() => sensor.close());

  /** A ring file of a packet a second, last written to as a logger does: with its last packet. */
  const lay = (from: number, seconds: number, file = String(from / second)) => {
    const path = join(sensor.ring, `daemonlogger.pcap.${file}`);
    writeFileSync(path, pcap(udpPackets(seconds, { from, every: second })));
    const writtenAt = new Date((from + (seconds - 1) * second) / 1_000);
    utimesSync(path, writtenAt, writtenAt);
  };
  const found = async (window: Partial<Window>, signal?: AbortSignal): Promise<Capture & { ringSpan: RingSpan }> => {
    const capture = (await searched(sensor, { window: { since: null, until: null, ...window } }, signal)).at(
      -1,
    )?.capture;
    const [ringSpan] = capture?.ringSpans ?? [];
    assert.ok(capture !== undefined && ringSpan !== undefined);
    return { ...capture, ringSpan };
  };

  test('with its oldest and newest packet, and nothing missing where it holds the window', async () => {
    lay(start, 600);
    lay(start + 10 * minute, 600);
    now = start / 1_000 + 20 * 60_000;
    const capture = await found({ since: start, until: null });
    const newest = start + 20 * minute - second;
    assert.deepEqual(capture.ringSpan, {
      ...{ ring: 'dmz', behindTags: false },
      ...{ at: now, from: start, to: newest, writtenAt: newest / 1_000, holes: [], holesOver: 60_000 },
    });
    assert.deepEqual(notHeld(capture), []);
    assert.deepEqual(JSON.parse(readFileSync(`${capture.path}.json`, 'utf8')).ringSpans, [capture.ringSpan]);
  });

  test('where it begins only after the window does, and its logger is dead', async () => {
    lay(start, 600);
    const capture = await found({ since: start - 30 * minute });
    assert.deepEqual(notHeld(capture), [
      'the ring begins at 2026-11-24 02:10:05 UTC: nothing from 2026-11-24 01:40:05 UTC to 2026-11-24 02:10:05 UTC is there any more',
      'the ring ends at 2026-11-24 02:20:04 UTC: nothing from 2026-11-24 02:20:04 UTC to 2026-11-24 03:40:05 UTC is in it; its logger has written nothing for 1 h 20 min',
    ]);
  });

  test('where the window lies wholly before it, behind it, or in a hole', async () => {
    for (const minutes of [0, 1, 2, 60, 61]) lay(start + minutes * minute, 60);
    const missing = async (from: number, to: number) =>
      notHeld(await found({ since: start + from * minute, until: start + to * minute })).map((one) => one.slice(0, 44));
    assert.deepEqual(await missing(-30, -20), ['the ring begins at 2026-11-24 02:10:05 UTC: ']);
    assert.deepEqual(await missing(70, 80), ['the ring was last written to at 2026-11-24 0']);
    assert.deepEqual(await missing(30, 31), ['nothing from 2026-11-24 02:40:05 UTC to 2026']);
    assert.deepEqual(await missing(0, 3), []);
    assert.deepEqual(await missing(2, 4), ['nothing from 2026-11-24 02:13:04 UTC to 2026']);
  });

  test('a hole is what is far longer than what is usual between its files', async () => {
    for (const minutes of [0, 5, 10, 15, 300]) lay(start + minutes * minute, 60);
    now = start / 1_000 + 301 * 60_000;
    const { holes, holesOver } = (await found({})).ringSpan;
    // Usually 4 min and a second.
    assert.equal(holesOver, 2_410_000);
    assert.deepEqual(holes, [{ from: start + 16 * minute - second, to: start + 300 * minute }]);
  });

  test('of files that were not read, by the time when they were last written to', async () => {
    for (const minutes of [0, 1, 30]) lay(start + minutes * minute, 60);
    now = start / 1_000 + 31 * 60_000;
    const { ringSpan } = await found({}, AbortSignal.abort());
    assert.deepEqual([ringSpan.to, ringSpan.writtenAt], [null, (start + 31 * minute - second) / 1_000]);
    assert.deepEqual(ringSpan.holes, [{ from: start + 2 * minute - second, to: start + 30 * minute }]);
  });

  test('nothing, where it is empty', async () => {
    assert.deepEqual(notHeld(await found({})), ['the ring holds no packets']);
  });
});
