import type { Capture, RingFileReport, RingSpan } from '../../src/capture/capture.ts';
import { runningCapture } from '../running-capture.ts';

/** The same, stopped, with all that is known then. */
export function stoppedCapture(differing: Partial<Capture> = {}): Capture {
  return runningCapture({
    state: 'stopped',
    endedAt: 1_795_486_265_000,
    why: 'stopped by grant',
    bytes: 1_164,
    packets: 10,
    counts: { captured: 10, receivedByFilter: 12, droppedByKernel: 2 },
    sha256: 'ab'.repeat(32),
    facts: {
      packets: 10,
      fileBytes: 1_164,
      dataBytes: 980,
      firstAt: 1_795_486_206_000_000,
      lastAt: 1_795_486_210_500_000,
      linktype: 1,
      snaplen: 262_144,
      precision: 'microseconds',
      cutAt: null,
    },
    ...differing,
  });
}

/** A search of will's, ordered by grant, in the middle of its ring. */
export function searchUnderWay(differing: Partial<Capture> = {}): Capture {
  const savefile = 'will_beacon_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap';
  return runningCapture({
    id: 'c13',
    kind: 'past',
    analyst: 'will',
    description: 'beacon',
    expression: 'port 4444',
    case: 'INC-7',
    interface: null,
    ring: 'dmz',
    window: { since: 1_795_399_805_000_000, until: null },
    savefile,
    path: '/var/lib/capture/captures/will.processing.4711.1795440000_beacon_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap',
    progress: {
      filesDone: 12,
      filesTotal: 24,
      bytesDone: 314_572_800,
      bytesTotal: 629_145_600,
      reached: 1_795_440_000_123_456,
      packets: 42,
    },
    ...differing,
  });
}

/** Its coverage statement: one ring file whole, one damaged, one pruned. */
export const coverage: readonly RingFileReport[] = [
  {
    file: 'daemonlogger.pcap.1795399800',
    outcome: 'searched',
    from: 1_795_399_800_000_000,
    to: 1_795_403_400_000_000,
    packets: 40,
    detail: null,
  },
  {
    file: 'daemonlogger.pcap.1795403400',
    outcome: 'damaged',
    from: 1_795_403_400_000_000,
    to: 1_795_404_000_000_000,
    packets: 2,
    detail: 'damaged at offset 4711',
  },
  { file: 'daemonlogger.pcap.1795407000', outcome: 'pruned', from: null, to: null, packets: 0, detail: null },
];

/** What the ring held when the search was ordered: from midnight until a second before. */
export const span: RingSpan = {
  ring: 'dmz',
  behindTags: false,
  at: 1_795_486_205_000,
  from: 1_795_392_000_000_000,
  to: 1_795_486_204_000_000,
  writtenAt: 1_795_486_204_100,
  holes: [],
  holesOver: 60_000,
};
