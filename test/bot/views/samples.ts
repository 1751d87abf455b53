import type { ApprovalRequest } from '../../../src/capture/approval.ts';
import {
  type Capture,
  type CaptureId,
  type Facts,
  notBegun,
  type RingFileReport,
  type RingSpan,
} from '../../../src/capture/capture.ts';
import type { Day, HeldSavefile } from '../../../src/capture/evidence.ts';
import type { AuditEntry } from '../../../src/capture/orders.ts';
import type { Pin } from '../../../src/capture/pin.ts';
import type { Preflight } from '../../../src/capture/preflight.ts';
import { type Digest, digestOf } from '../../../src/reports/digest.ts';
import { runningCapture } from '../../running-capture.ts';

/** 2026-11-24 02:10:05 UTC: the moment of every golden view. */
export const now = 1_795_486_205_000;
const hour = 3_600_000;

export const facts: Facts = {
  packets: 3412,
  fileBytes: 1_262_485,
  dataBytes: 1_207_869,
  firstAt: (now - 2 * hour) * 1000 + 812_345,
  lastAt: now * 1000 - 1_004_512,
  linktype: 1,
  snaplen: 262_144,
  precision: 'microseconds',
  cutAt: null,
};

/** A live capture that listens; with `ended` one that was stopped after two hours. */
export function live(changes: Partial<Capture> = {}): Capture {
  const savefile = 'grant_traffic.to.shop.example_Tue.Nov24.2026-00.10.05.UTC_1795479005_.pcap';
  return runningCapture({
    description: 'traffic to shop.example',
    expression: 'host 192.0.2.7 and tcp port 443',
    savefile,
    path: `/var/lib/capture/captures/${savefile}`,
    limits: { deadline: now + 22 * hour, bytes: 10e9, packets: null, near: false },
    channel: 'C024BE91L',
    startedAt: now - 2 * hour,
    bytes: 409_600,
    version: 7,
    ...changes,
  });
}

export const ended: Partial<Capture> = {
  state: 'stopped',
  endedAt: now,
  why: 'stopped by grant',
  bytes: facts.fileBytes,
  packets: facts.packets,
  counts: { captured: 3412, receivedByFilter: 3412, droppedByKernel: 0 },
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  facts,
};

/** A search that has read 180 of 432 ring files. */
export function past(changes: Partial<Capture> = {}): Capture {
  return live({
    id: 'c13',
    kind: 'past',
    description: 'shop, yesterday',
    expression: 'host 192.0.2.7',
    case: 'INC-7',
    interface: null,
    ring: 'dmz',
    window: { since: (now - 24 * hour) * 1000, until: null },
    savefile: 'grant_shop..yesterday_Tue.Nov24.2026-02.09.20.UTC_1795486160_.past.pcap',
    path: '/var/lib/capture/captures/grant.processing.4711.1795446312_shop..yesterday_Tue.Nov24.2026-02.09.20.UTC_1795486160_.past.pcap',
    startedAt: now - 45_000,
    bytes: 302_112,
    progress: {
      filesDone: 180,
      filesTotal: 432,
      bytesDone: 3_328_599_654,
      bytesTotal: 7_945_689_498,
      reached: (now - 12 * hour) * 1000 + 107_000_000,
      packets: 1204,
    },
    ...changes,
  });
}

/** A live capture and a search, joined. */
export function joined(changes: Partial<Capture> = {}): Capture {
  const savefile = 'grant_beacon.joined_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap';
  const sha256 = 'cd'.repeat(32);
  return past({
    id: 'c14',
    state: 'finished',
    description: 'beacon',
    limits: { deadline: null, bytes: null, packets: null, near: false },
    savefile,
    path: `/var/lib/capture/captures/${savefile}`,
    startedAt: now - 2_000,
    endedAt: now,
    why: 'joined: 3,412 packets of c12 and c13; c12 died',
    bytes: facts.fileBytes,
    packets: facts.packets,
    facts,
    sha256,
    progress: null,
    joined: [
      { capture: 'c12', savefile: live().savefile, sha256, bytes: 1_048_576, packets: 3_000 },
      { capture: 'c13', savefile: past().savefile, sha256, bytes: 213_909, packets: 412 },
    ],
    ...changes,
  });
}

/** What a ring held that reaches back further than the window, and up to now. */
export const wholeRing: RingSpan = {
  ring: 'dmz',
  behindTags: false,
  at: now,
  from: (now - 26 * hour) * 1000,
  to: now * 1000 - 1_004_512,
  writtenAt: now - 1_000,
  holes: [],
  holesOver: 60_000,
};

/** The same of a ring that begins too late, has a hole, and whose logger is dead. */
export const brokenRing: RingSpan = {
  ring: 'dmz',
  behindTags: false,
  at: now,
  from: (now - 20 * hour) * 1000,
  to: (now - 3 * hour) * 1000,
  writtenAt: now - 3 * hour,
  holes: [{ from: (now - 12 * hour) * 1000, to: (now - 10 * hour) * 1000 }],
  holesOver: 60_000,
};

export const found: Partial<Capture> = {
  ...ended,
  state: 'finished',
  why: null,
  counts: null,
  progress: null,
  coverage: { searched: 429, 'outside window': 38, empty: 1, damaged: 1, pruned: 1 },
  ringSpans: [wholeRing],
  path: '/var/lib/capture/captures/grant_shop..yesterday_Tue.Nov24.2026-02.09.20.UTC_1795486160_.past.pcap',
};

export const reports: RingFileReport[] = [
  report('daemonlogger.pcap.1795399800', 'pruned', null),
  report('daemonlogger.pcap.1795400000', 'searched', null),
  report('daemonlogger.pcap.1795443200', 'damaged', 'damaged at offset 4711'),
  report('daemonlogger.pcap.1795486100', 'empty', null),
];

/** What a search that was cancelled did not come to. */
export const leftOut: RingFileReport[] = Array.from({ length: 250 }, (_, at) => ({
  ...report(`daemonlogger.pcap.${1_795_443_400 + at * 100}`, 'searched', null),
  outcome: 'not searched',
  detail: notBegun.cancelled,
  to: null,
  packets: 0,
}));

function report(file: string, outcome: RingFileReport['outcome'], detail: string | null): RingFileReport {
  const known = outcome === 'searched' || outcome === 'damaged';
  const from = Number(file.split('.').at(-1)) * 1e6;
  return {
    file,
    outcome,
    from: known ? from : null,
    to: known ? from + 200_000_000 : null,
    packets: known ? 602 : 0,
    detail,
  };
}

/** An entry of the audit log, written at noon of 2026-11-23 UTC. */
export function entry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    seq: 1,
    at: Date.UTC(2026, 10, 23, 12),
    outcome: 'done',
    settles: null,
    verb: 'list',
    analyst: 'grant',
    actingFor: null,
    origin: { door: 'slack', team: 'T024BE7LD', user: 'U024BE7LH', channel: 'C024BE91L' },
    words: 'list',
    capture: null,
    detail: null,
    hash: '0'.repeat(64),
    ...changes,
  };
}

export const head: Day['head'] = {
  seq: 4821,
  hash: '3b5d5c3712955042212316173ccf37be800a08d3f2b1c2d7b1f1f0a6a3a2b1c0',
};

export const disk: Day['disk'] = { free: 41e9, floor: 5e9 };

/** Six hours of a ring, of an open incident. */
export const pin: Pin = {
  id: 'p3',
  state: 'held',
  analyst: 'grant',
  description: 'beacon at the shop',
  case: 'INC-7',
  ring: 'dmz',
  window: { since: (now - 6 * hour) * 1000, until: now * 1000 },
  pinnedAt: now - hour,
  expiresAt: now + 8 * hour,
  endedAt: null,
  why: null,
  files: 112,
  bytes: 7_945_689_498,
  lacking: [],
};

/** An order of will's that waits for a second person. */
export function request(changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  const order = { description: 'all of the DMZ', expression: 'everything', case: 'INC-7' };
  return {
    id: 'a3',
    state: 'waiting',
    asked: {
      verb: 'start',
      order: { ...order, interface: 'eth1', snaplen: 262_144, duration: 24 * hour, maxBytes: 10e9 },
    },
    analyst: 'will',
    orderedBy: 'will',
    role: 'analyst',
    origin: { door: 'slack', team: 'T024BE7LD', user: 'U024BE7LJ', channel: 'C024BE91L' },
    words: '/capture start -d "all of the DMZ" -e everything',
    needed:
      'it captures everything (approval.everything); it may run for 1d, longer than 8h (approval.duration): --for shortens it',
    askedAt: now - 60_000,
    expiresAt: now + hour / 2 - 60_000,
    answeredBy: null,
    endedAt: null,
    why: null,
    warnings: [],
    capture: null,
    version: 1,
    ...changes,
  };
}

export const pinned: Day['pinned'] = { pins: [], used: 0, limit: 100e9 };

/** A complete savefile of a capture. */
export function heldOf(capture: CaptureId): HeldSavefile {
  const { analyst, savefile, path, endedAt, bytes, sha256 } = live(ended);
  return { capture, analyst, savefile, path, endedAt: endedAt ?? now, bytes, sha256 };
}

/** How evidence stands where nothing is wrong with it. */
export const sound: Pick<Day, 'chain' | 'doubtful' | 'deleted'> = {
  chain: { entries: 4821, broken: null, unguarded: [] },
  doubtful: [],
  deleted: [],
};

/** A full day: a live capture over midnight, one stopped with drops, one that died, a search with gaps, refusals. */
export function busyDay(): Day {
  const noon = Date.UTC(2026, 10, 23, 12);
  const stranger = { door: 'slack', team: 'T0STRANGE', user: 'U0STRANGER', channel: 'C024BE91L' } as const;
  return {
    captures: [
      live({ id: 'c9', startedAt: Date.UTC(2026, 10, 19, 7, 30), description: 'beacon of INC-7', analyst: 'will' }),
      live({
        ...ended,
        id: 'c10',
        startedAt: noon,
        endedAt: noon + hour,
        counts: { captured: 3412, receivedByFilter: 3424, droppedByKernel: 12 },
      }),
      live({
        ...ended,
        id: 'c11',
        state: 'died',
        analyst: 'will',
        startedAt: noon + hour,
        endedAt: noon + 2 * hour,
        why: 'tcpdump was killed by signal 9',
        counts: null,
        description: 'dns of the print server',
      }),
      past({ ...found, startedAt: noon, endedAt: noon + 45_000, id: 'c8' }),
    ],
    entries: [
      entry({ seq: 4815 }),
      entry({ seq: 4816, outcome: 'asked', verb: 'start', words: 'start -d x -e "host 192.0.2.7"' }),
      entry({ seq: 4817, outcome: 'done', settles: 4816, verb: 'start' }),
      entry({
        seq: 4818,
        outcome: 'refused',
        analyst: null,
        origin: stranger,
        verb: 'list',
        words: 'list',
        detail: 'not an analyst of this sensor',
      }),
      entry({
        seq: 4819,
        outcome: 'refused',
        analyst: 'will',
        verb: 'stop',
        words: '[Stop] c12 1795479005000 0',
        detail: 'c12 is grant’s: ask grant or a lead',
      }),
      entry({
        seq: 4820,
        outcome: 'failed',
        settles: 4814,
        verb: 'start',
        words: 'start -d y -e ip',
        detail: 'tcpdump could not open eth9',
      }),
    ],
    head,
    disk,
    ...sound,
    pinned: { pins: [pin], used: pin.bytes, limit: 100e9 },
  };
}

/** The report on a day; evidence is sound where the day does not say otherwise. */
export function digest(day: Omit<Day, keyof typeof sound> & Partial<Day> = busyDay()): Digest {
  return digestOf(
    { ...sound, ...day },
    {
      date: '2026-11-23',
      timezone: 'Europe/Berlin',
      sensor: 'dmz-1',
      now: Date.UTC(2026, 10, 24, 7),
    },
  );
}

/** What a search of a week would read, a part of it packed. */
export const preflight: Preflight = {
  rings: ['dmz'],
  files: 5812,
  bytes: 623e9,
  toRead: 312.4e9,
  unindexed: { files: 12, bytes: 12e9 },
  slower: { files: 3, bytes: 3e9 },
  lasts: { milliseconds: 251_000, by: ['c41', 'c40'] },
  limit: 100e9,
};
