import type { Capture } from '../src/capture/capture.ts';

/** A live capture of grant's that has just begun to run, with nothing known of it yet. */
export function runningCapture(differing: Partial<Capture> = {}): Capture {
  const savefile = 'grant_traffic.to.shop_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap';
  return {
    id: 'c12',
    kind: 'live',
    state: 'running',
    analyst: 'grant',
    orderedBy: 'grant',
    description: 'traffic to shop',
    expression: 'host 192.0.2.7',
    case: null,
    interface: 'eth1',
    ring: null,
    window: null,
    expanded: null,
    hosts: null,
    limits: { deadline: null, bytes: null, packets: null, near: false },
    keep: false,
    earlier: [],
    snaplen: 262_144,
    savefile,
    path: `/var/lib/capture/captures/${savefile}`,
    channel: null,
    startedAt: 1_795_486_205_000,
    endedAt: null,
    why: null,
    bytes: null,
    packets: null,
    counts: null,
    sha256: null,
    facts: null,
    progress: null,
    coverage: null,
    coverageByRing: null,
    ringSpans: [],
    join: null,
    joined: null,
    version: 1,
    ...differing,
  };
}
