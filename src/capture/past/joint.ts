import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Capture, Micros, Millis } from '../capture.ts';
import { counted } from '../quantities.ts';
import type { Room } from '../room.ts';
import {
  chunkBytes,
  headerBytes,
  type RecordFormat,
  type RecordHeader,
  readHeader,
  recordHeaderBytes,
  walkRecords,
  wantedRecords,
} from '../savefile.ts';
import { lastBlock } from '../tcpdump.ts';
import { arrivalsIn } from './logger.ts';

/** Where a search of the ring meets a live capture that was started before it. */
export interface Joint {
  readonly live: Capture;
  /** It captured before this moment: every later packet is its own. */
  readonly at: Micros;
  /** The same moment on the clock that nobody sets, milliseconds since boot. */
  readonly uptime: Millis;
}

/** How long a logger that writes nothing is waited for. */
const loggerPatience: Millis = 10_000;
const lookEvery: Millis = 100;
/** By how much two processes differ about when a packet came: 36 microseconds were seen. */
const tolerance: Micros = 1_000;

/** By how much a packet that both saw may be earlier in the ring than the first that the live capture saw. */
const jitter: Micros = 100;

/** What is to be known of the joint once the logger has written what came before it. */
export interface Meeting {
  readonly twins: Twins;
  inWords(): string;
}

/**
 * Waits until the ring has what came before the joint, then reads what the live capture has around it.
 * @param ring the ring's directory
 * @param cancelled asked at each look; its signal ends the wait at once
 */
export async function meet(room: Room, ring: string, joint: Joint, cancelled: () => AbortSignal): Promise<Meeting> {
  const written = await loggerReaches(room, ring, joint, cancelled);
  const twins = await twinsAt(joint);
  const { id } = joint.live;
  const heldBack = written
    ? ''
    : `; in ${loggerPatience / 1_000} s the logger wrote no packet from after it: what it held back then is missing between the two`;
  return {
    twins,
    inWords: () => `up to the live capture ${id}: ${sharedInWords(twins.shared, id)}${heldBack}`,
  };
}

function sharedInWords(shared: number, id: string): string {
  if (shared === 0) return 'no packet was seen by both';
  return `${counted(shared, 'packet that both saw is', 'packets that both saw are')} in ${id} alone`;
}

/**
 * Waits until the ring's logger has written what came before the joint, which it holds back until its buffer is full: then a packet from
 * after it is in the ring, and before that packet all that came earlier.
 * @returns false when there was none within 10 s
 */
async function loggerReaches(room: Room, ring: string, joint: Joint, cancelled: () => AbortSignal): Promise<boolean> {
  // The kernel hands packets over to the live capture, too, only after a while.
  const ready = joint.uptime + lastBlock;
  const hasTime = () => !cancelled().aborted && room.uptime() <= ready + loggerPatience;
  const arrivals = arrivalsIn(ring, joint.at + tolerance, hasTime);
  while (hasTime()) {
    if (room.uptime() >= ready && (await arrivals.reachedBy(room.uptime()))) return true;
    await pause(lookEvery, undefined, { signal: cancelled() }).catch(() => undefined);
  }
  return false;
}

/** The packets around the joint that the live capture has. */
export interface Twins {
  /** Whether the live capture has this packet, too; each of its packets answers for one. */
  has(record: RecordHeader, packet: Buffer): boolean;
  /** How many it had. */
  readonly shared: number;
}

/** Takes the whole records in `records` that the search has alone. */
export function ownRecords(records: Buffer, format: RecordFormat, twins: Twins | null) {
  return wantedRecords(
    records,
    format,
    (record, offset, end) => twins === null || !twins.has(record, records.subarray(offset + recordHeaderBytes, end)),
  );
}

interface Twin {
  readonly at: Micros;
  readonly length: number;
  readonly packet: Buffer;
}

/**
 * Reads the beginning of the live capture's savefile, once the kernel must have handed over what came before the joint. One packet that
 * two processes saw differs by some microseconds in time, and by what each keeps of it.
 */
async function twinsAt({ live, at }: Joint): Promise<Twins> {
  const seen = new Map<number, Twin[]>();
  const spanOf = (time: Micros) => Math.floor(time / tolerance);
  const beginning = await beginningOf(live.path, at + tolerance);
  // What came before the live capture saw anything is the ring's alone, however like a later packet it is.
  const firstAt = beginning.reduce((earliest, twin) => Math.min(earliest, twin.at), Number.POSITIVE_INFINITY);
  for (const twin of beginning) {
    const span = spanOf(twin.at);
    seen.set(span, [...(seen.get(span) ?? []), twin]);
  }
  let shared = 0;
  return {
    has: (record, packet) => {
      if (record.at < firstAt - jitter) return false;
      const span = spanOf(record.at);
      const near = [span - 1, span, span + 1].flatMap((one) => seen.get(one) ?? []);
      const away = (twin: Twin) => Math.abs(twin.at - record.at);
      const [nearest] = near
        .filter((twin) => away(twin) <= tolerance && twin.length === record.length && isSame(twin.packet, packet))
        .sort((one, other) => away(one) - away(other));
      if (nearest === undefined) return false;
      const left = seen.get(spanOf(nearest.at)) ?? [];
      left.splice(left.indexOf(nearest), 1);
      shared += 1;
      return true;
    },
    get shared() {
      return shared;
    },
  };
}

/** Packets of a savefile that is being written, from its first to the last that came before a moment. */
async function beginningOf(path: string, until: Micros): Promise<Twin[]> {
  const file = await open(path);
  try {
    for (let length = chunkBytes; ; length *= 2) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, 0);
      const header = readHeader(bytes.subarray(0, bytesRead));
      if (header === undefined) return [];
      const twins: Twin[] = [];
      const records = bytes.subarray(headerBytes, bytesRead);
      walkRecords(records, header, ({ at, length: onWire }, offset, end) => {
        twins.push({ at, length: onWire, packet: records.subarray(offset + recordHeaderBytes, end) });
      });
      if (bytesRead < length || (twins.at(-1)?.at ?? 0) > until) return twins.filter(({ at }) => at <= until);
    }
  } finally {
    await file.close();
  }
}

/** Whether two are the same as far as both were kept. */
function isSame(one: Buffer, other: Buffer): boolean {
  const kept = Math.min(one.length, other.length);
  return one.subarray(0, kept).equals(other.subarray(0, kept));
}
