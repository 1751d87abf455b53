import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture, Millis } from '../capture.ts';
import { freeName, isThere, namesIn } from '../custody.ts';
import { examineSavefile } from '../facts.ts';
import { bytesBefore, packetsLeft, timeLeft, timeOver } from '../limits.ts';
import { isOfEarlierBoot } from '../process.ts';
import { sizeInWords } from '../quantities.ts';
import { isCaredFor, observe, type Room, takeOver } from '../room.ts';
import { sealOrSay } from '../settling.ts';
import { runningCounts } from '../tcpdump.ts';
import { finishCutStart } from './cut-start.ts';
import { endLive, packetLimitInWords, settleLive } from './ending.ts';
import { lastWords, launch } from './launch.ts';

/** How soon a start that failed on an interface that is up is tried again. */
const againAfter: Millis = 10_000;

/** Whether a capture that is kept is still to be started again after a reboot. */
export function isToStartAgain(room: Room, capture: Capture): boolean {
  return (
    capture.state === 'starting' &&
    (capture.earlier.length > 0 || room.registry.processes(capture.id).endingAt !== null)
  );
}

/**
 * Starts a capture that is kept again after the sensor was: what it has so far is sealed as an earlier savefile, a further one begins. Where
 * that cannot be, it waits, told once, and every look tries again when its interface is up; when its time is over it ends.
 */
export async function startAgain(room: Room, capture: Capture): Promise<void> {
  if (isDue(room, capture)) await takeOver(room, capture.id, () => goOn(room, capture));
}

/** From wherever a process before was killed. */
export async function goOn(room: Room, capture: Capture): Promise<void> {
  const { tcpdump } = room.registry.processes(capture.id);
  const further = tcpdump !== null && isOfEarlierBoot(tcpdump) ? await beginFurther(room, capture) : capture;
  if (further === undefined || (await endIfOver(room, further)) || (await finishCutStart(room, further)) === undefined)
    return;
  const launched = await launch(room, further, () =>
    observe(room, further, 'start', `started again after a reboot: ${further.savefile}`),
  );
  if (launched.runs || !launched.leftNothing) return;
  room.retryAt.set(further.id, room.uptime() + againAfter);
  const why = `not started again after a reboot: ${launched.why}`;
  const wait = room.database.transaction(() => {
    if (room.supervision.wait(further.id, why) && further.why === null) observe(room, further, 'start', why);
  });
  await room.patiently(wait);
}

/** Whether an attempt may come to something: each changes the capture's row, so that whoever follows it looks. */
function isDue(room: Room, capture: Capture): boolean {
  if (isCaredFor(room, capture.id)) return false;
  if (!room.supervision.isWaiting(capture.id)) return true;
  const deadline = room.supervision.deadline(capture.id);
  if (deadline !== null && timeLeft(room, deadline) <= 0) return true;
  return isUp(capture.interface ?? '') && room.uptime() >= (room.retryAt.get(capture.id) ?? 0);
}

/** IFF_UP (netdevice(7)): without it tcpdump does not even open an interface. */
function isUp(interfaceName: string): boolean {
  if (interfaceName === 'any') return true;
  try {
    return (Number(readFileSync(`/sys/class/net/${interfaceName}/flags`, 'utf8')) & 1) === 1;
  } catch {
    return false;
  }
}

async function endIfOver(room: Room, capture: Capture): Promise<boolean> {
  const deadline = room.supervision.deadline(capture.id);
  if (deadline === null || timeLeft(room, deadline) > 0) return false;
  const why = [timeOver(room, capture, deadline), ...(capture.why === null ? [] : [capture.why])].join('; ');
  const claim = { ending: 'finished', why, deadline: deadline.at } as const;
  if (!(await room.patiently(() => room.registry.markStopping(capture.id, claim)))) return false;
  const stopping = room.registry.byId(capture.id) ?? capture;
  await endLive(room, stopping, false, () => observe(room, capture, 'limit', why));
  return true;
}

/** Seals what a capture has of before a reboot; undefined where that is all that it may have, and it has ended. */
async function beginFurther(room: Room, capture: Capture): Promise<Capture | undefined> {
  const endedAt = room.registry.processes(capture.id).endingAt ?? room.now();
  const counts = runningCounts(await lastWords(room, capture));
  const path = join(room.place.directory, capture.savefile);
  const examined = (await isThere(path)) ? await examineSavefile(path) : undefined;
  const { facts = null, sha256 = null } = examined ?? {};
  const { fileBytes: bytes = null, packets = null } = facts ?? {};
  const why =
    'the sensor was started again: what tcpdump had not written is lost, and what the kernel dropped is not known';
  const earlier = { savefile: capture.savefile, endedAt, why, bytes, packets, counts, facts, sha256 };
  const full = limitMet({ ...capture, earlier: [...capture.earlier, earlier] });
  if (full !== undefined) {
    const told = `${full} before the sensor was started again`;
    await settleLive(room, capture, { state: 'finished', why: told }, () => observe(room, capture, 'limit', told));
    return undefined;
  }
  const unsealed = examined === undefined ? [] : await sealOrSay(room, { ...capture, ...earlier, state: 'died' });
  const present = await namesIn(room.place);
  const isTaken = (name: string) => present.has(name) || room.registry.isNameTaken(name);
  // Immediate: nobody may take the name meanwhile.
  const begin = room.database.transaction(() =>
    room.supervision.beginFurther(
      capture.id,
      { ...earlier, why: [why, ...unsealed].join('; ') },
      freeName({ ...capture, startedAt: endedAt }, isTaken),
    ),
  );
  await room.patiently(begin.immediate);
  return room.registry.byId(capture.id);
}

/** That the savefiles of a capture hold all that it was to have, all of them being earlier ones. */
function limitMet(capture: Capture): string | undefined {
  const { bytes } = capture.limits;
  if ((packetsLeft(capture) ?? 1) <= 0) return packetLimitInWords(capture);
  return bytes !== null && bytesBefore(capture) >= bytes ? `its limit of ${sizeInWords(bytes)} was reached` : undefined;
}
