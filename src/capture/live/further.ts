import type { Capture } from '../capture.ts';
import { freeName, isThere, namesIn, seal } from '../custody.ts';
import { examineSavefile } from '../facts.ts';
import { timeLeft } from '../limits.ts';
import { observe, type Room } from '../room.ts';
import { runningCounts } from '../tcpdump.ts';
import { settleLive } from './ending.ts';
import { lastWords, launch } from './launch.ts';

/**
 * Starts a capture that is kept again after the sensor was: what it has so far is sealed as an earlier savefile, a further one begins.
 * One whose time is over meanwhile ends instead.
 */
export async function startFurther(room: Room, capture: Capture): Promise<void> {
  const deadline = room.supervision.deadline(capture.id);
  if (deadline !== null && timeLeft(room, deadline) <= 0) {
    const why = 'its time was over before the sensor was up again';
    return settleLive(room, capture, { state: 'finished', why }, () => observe(room, capture, 'limit', why));
  }
  const endedAt = room.now();
  const why =
    'the sensor was started again: what tcpdump had not written is lost, and what the kernel dropped is not known';
  const counts = runningCounts(await lastWords(room, capture));
  const examined = (await isThere(capture.path)) ? await examineSavefile(capture.path) : undefined;
  const { facts = null, sha256 = null } = examined ?? {};
  const earlier = {
    savefile: capture.savefile,
    endedAt,
    why,
    bytes: facts?.fileBytes ?? null,
    packets: facts?.packets ?? null,
    counts,
    facts,
    sha256,
  };
  if (examined !== undefined) await seal(room.place, { ...capture, ...earlier, state: 'died' }, []);
  const present = await namesIn(room.place);
  const savefile = freeName(
    { ...capture, startedAt: endedAt },
    (name) => present.has(name) || room.registry.isNameTaken(name),
  );
  if (!room.supervision.beginFurther(capture.id, earlier, savefile)) return;
  const starting = room.registry.byId(capture.id) ?? capture;
  await launch(room, starting, (_, detail) =>
    observe(room, starting, 'start', `started again after a reboot: ${detail}`),
  );
}
