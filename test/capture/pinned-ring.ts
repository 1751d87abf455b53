import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RingFileReport } from '../../src/capture/capture.ts';
import type { Pin, PinOrder } from '../../src/capture/pin.ts';
import { pcap, sha256, udpPackets } from './pcaps.ts';
import { type Sensor, searched } from './sensor.ts';

/** 2026-11-24 02:10:05 UTC, in seconds. */
export const epoch = 1_795_486_205;
/** From before the first packet of a ring that `fillRing` fills. */
export const since = (epoch - 60) * 1_000_000;

/** So many ring files as daemonlogger names them, a minute and 60 packets each, from `epoch` on; their names. */
export function fillRing(ring: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const opened = epoch + at * 60;
    return putRingFile(ring, `daemonlogger.pcap.${opened}`, opened);
  });
}

/** A ring file with a packet a second, a minute long; its name. */
export function putRingFile(ring: string, name: string, from: number): string {
  const path = join(ring, name);
  writeFileSync(path, pcap(udpPackets(60, { from: from * 1_000_000, every: 1_000_000 })));
  utimesSync(path, from + 60, from + 60);
  return name;
}

export function pinIn(sensor: Pick<Sensor, 'engine' | 'grant'>, order: Partial<PinOrder> = {}): Promise<Pin> {
  const window = { since, until: null };
  return sensor.engine.pin({ description: 'incident', window, ...order }, sensor.grant, new AbortController().signal);
}

/** What a search of everything finds: the savefile's digest and packets, and its coverage statement. */
export async function found(
  sensor: Sensor,
): Promise<{ sha256: string; packets: number | null; reports: RingFileReport[] }> {
  const capture = (await searched(sensor, {})).at(-1)?.capture;
  if (capture === undefined) throw new Error('a search without a step');
  const { packets, path, id } = capture;
  return { sha256: sha256(readFileSync(path)), packets, reports: sensor.engine.coverage(id) };
}
