import { rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Capture, Counts, Facts } from '../capture.ts';
import { createSavefile } from '../custody.ts';
import { CaptureError } from '../errors.ts';
import type { Examined } from '../facts.ts';
import { packetsLeft } from '../limits.ts';
import { endProcess, isAlive, type ProcessToken, pidOf } from '../process.ts';
import { counted } from '../quantities.ts';
import type { Ending } from '../record.ts';
import { ethernet } from '../ringfile.ts';
import type { Room } from '../room.ts';
import { headerBytes, headerFor } from '../savefile.ts';
import { cutInWords, settle } from '../settling.ts';
import { closingCounts, complaint, lastBlock, runningCounts } from '../tcpdump.ts';
import { missesTags } from '../vlan.ts';
import { tcpdumpsWritingInto } from '../writing.ts';
import { lastWords, patience } from './launch.ts';

/** How a live capture came to its end. */
export interface LiveEnd {
  readonly state: Ending['state'];
  readonly why: string;
}

/**
 * Ends the tcpdump of a capture whose ending this process has claimed, then settles it. One that was dead already is told as died,
 * not as stopped; one that was still to be started again has an empty further savefile.
 * @param begun whether a process that is gone may have interrupted it already, in the same stop
 * @throws CaptureError `tool_failed` when its tcpdump outlives every signal: it stays claimed, and the next look tries again
 */
export async function endLive(room: Room, capture: Capture, begun: boolean, alongside: () => void): Promise<void> {
  const tcpdump = tcpdumpOf(room, capture);
  const why = capture.why ?? 'stopped';
  const { ending, endingAt } = room.registry.processes(capture.id);
  const state = ending ?? 'stopped';
  // How it ended is known already: only its savefile was still to be read.
  if (endingAt !== null) return settleLive(room, capture, { state, why }, alongside);
  if (tcpdump === undefined && (await isStillToBegin(room, capture))) {
    await leaveEmpty(capture);
    return settle(room, capture, { state, why, counts: null, holes: () => [] }, alongside);
  }
  if (tcpdump === undefined || !isAlive(tcpdump)) {
    if (begun && (await endedOrderly(room, capture))) return settleLive(room, capture, { state, why }, alongside);
    const death = await whyItDied(room, capture);
    return settleLive(room, capture, { state: 'died', why: `${death}; found when it was ${why}` }, alongside);
  }
  // tcpdump drops the block at hand when it is interrupted: so long, and every packet that came before the order is in the file.
  await pause(lastBlock);
  if (!(await endProcess(tcpdump, ['SIGINT', 'SIGTERM', 'SIGKILL'], patience))) throw outlivesSignals(capture, tcpdump);
  return settleLive(room, capture, { state, why }, alongside);
}

/**
 * Settles a capture whose tcpdump is gone, with the counts of its closing words. Done again after a crash it comes to the same.
 * @param alongside what belongs into the transaction that ends it; left out when another process was first
 */
export async function settleLive(room: Room, capture: Capture, end: LiveEnd, alongside: () => void): Promise<void> {
  const said = await lastWords(room, capture);
  const counts = closingCounts(said);
  const missing = (examined: Examined | undefined) => [
    ...holes(counts, runningCounts(said), examined),
    ...tagsUnknownAtStart(room, capture),
  ];
  await settle(room, capture, { ...end, counts, holes: missing }, alongside);
}

/** Why a tcpdump that nobody here stopped is gone, as far as its last words tell. */
export async function whyItDied(room: Room, capture: Capture): Promise<string> {
  const said = await lastWords(room, capture);
  const complained = complaint(said);
  if (complained !== undefined) return `tcpdump ended by itself: ${complained}`;
  if (closingCounts(said) !== null) return 'tcpdump was ended by somebody outside capture';
  return 'tcpdump was killed, or the sensor went down: what it had not written yet is lost';
}

/** That a tcpdump ended by itself because it had as many packets as it was to capture; undefined when it did not. */
export async function packetsReached(room: Room, capture: Capture): Promise<string | undefined> {
  const packets = packetsLeft(capture);
  if (packets === null || closingCounts(await lastWords(room, capture))?.captured !== packets) return undefined;
  return packetLimitInWords(capture);
}

/** That a capture has as many packets as it was to have, in all its savefiles. */
export function packetLimitInWords({ limits, earlier }: Capture): string {
  return `its limit of ${counted(limits.packets ?? 0, 'packet')} was reached${earlier.length > 0 ? ', all its savefiles together' : ''}`;
}

/** Whether a capture was to be started again after a reboot, and no tcpdump ever wrote its further savefile. */
async function isStillToBegin(room: Room, { id, earlier, path }: Capture): Promise<boolean> {
  if (earlier.length === 0 || room.registry.processes(id).tcpdump !== null) return false;
  const file = await stat(path).catch(() => undefined);
  return file === undefined || file.size <= headerBytes;
}

/** What a capture leaves that found nothing: a valid savefile without a packet, which says so in the hand of whoever gets it. */
async function leaveEmpty({ path, snaplen, earlier }: Capture): Promise<void> {
  await rm(path, { force: true });
  const { linktype, precision } = earlier.at(-1)?.facts ?? { linktype: ethernet, precision: 'microseconds' };
  const file = await createSavefile(path);
  try {
    await file.writeFile(headerFor({ linktype: linktype ?? ethernet, precision, snaplen }));
  } finally {
    await file.close();
  }
}

/** Whether a tcpdump said its closing counts and nothing else: then a signal ended it. */
async function endedOrderly(room: Room, capture: Capture): Promise<boolean> {
  const said = await lastWords(room, capture);
  return closingCounts(said) !== null && complaint(said) === undefined;
}

/** The tcpdump of a live capture, found among the running ones where we were killed before we could note it. */
export function tcpdumpOf(room: Room, capture: Capture): ProcessToken | undefined {
  const { tcpdump } = room.registry.processes(capture.id);
  if (tcpdump !== null) return tcpdump;
  const savefile = basename(capture.path);
  return tcpdumpsWritingInto(dirname(capture.path)).find((writing) => writing.savefile === savefile)?.tcpdump;
}

/** That a tcpdump hangs in the kernel, most likely on the disk: settled now, it would write on in a savefile that has a digest. */
export function outlivesSignals({ id }: Capture, tcpdump: ProcessToken): CaptureError {
  const pid = pidOf(tcpdump);
  return new CaptureError(
    'tool_failed',
    `the tcpdump of ${id} (process ${pid}) does not end, not even when it is killed: "ps -o stat,wchan ${pid}" says where it hangs; ${id} is not settled before it has ended, and every look tries again`,
  );
}

/** What is missing from the evidence: tcpdump itself is silent about a full disk and exits with 0. */
function holes(counts: Counts | null, before: Counts | null, examined: Examined | undefined): string[] {
  if (examined === undefined) return ['the savefile is gone'];
  const { facts } = examined;
  if (facts === null) return ['the savefile has no pcap header: nothing was written'];
  return [
    ...(counts === null
      ? [`tcpdump gave no closing counts: what the kernel dropped is not known${lastKnown(before)}`]
      : []),
    ...lost(counts, facts),
    ...cutInWords(examined),
    ...(counts?.droppedByKernel
      ? [`${counted(counts.droppedByKernel, 'packet was', 'packets were')} dropped by the kernel`]
      : []),
  ];
}

/** That tags came to be known on its interface when its tcpdump had the expression as typed already. */
function tagsUnknownAtStart(room: Room, { interface: name, startedAt, expanded, expression }: Capture): string[] {
  if (name === null || expanded !== null || !missesTags(expression)) return [];
  const firstSeenAt = room.supervision.taggedAt(name);
  if (firstSeenAt === null || firstSeenAt <= startedAt) return [];
  // The kernel takes the outer tag away before the filter sees the packet: behind one tag it matches.
  return [
    `VLAN tags were seen on ${name} after it began: it took the expression as typed, and packets with two tags may be missing`,
  ];
}

function lastKnown(counts: Counts | null): string {
  return counts?.droppedByKernel == null
    ? ''
    : ` (${counted(counts.droppedByKernel, 'packet')} when it was last asked, of ${counts.captured} captured)`;
}

function lost(counts: Counts | null, facts: Facts): string[] {
  const captured = counts?.captured ?? facts.packets;
  if (captured <= facts.packets) return [];
  return [
    `${captured - facts.packets} of ${captured} captured packets are missing from the savefile: was the disk full?`,
  ];
}
