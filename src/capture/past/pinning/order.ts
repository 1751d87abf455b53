import { join } from 'node:path';
import type { Actor } from '../../analyst.ts';
import { attribution } from '../../attribution.ts';
import type { Micros } from '../../capture.ts';
import { CaptureError } from '../../errors.ts';
import { deadlineIn } from '../../limits.ts';
import type { Lacking, Pin, PinId, PinOrder } from '../../pin.ts';
import { type NewPin, type PinFile, placeName } from '../../pins.ts';
import { type Order, type Room, thenLetGo } from '../../room.ts';
import { filesOf } from '../progress.ts';
import { type Planned, planRing, type RingFile } from '../ring.ts';
import { checkWindow, knownRing } from '../wanted.ts';
import { allowDuration, allowSpace, claim } from './limits.ts';
import { writeManifest } from './manifest.ts';
import { makeDirectory, makePlace, pinsIn, removePlace, syncDirectory } from './place.ts';
import { copyToPin, linkRingFile, type Taken } from './take.ts';
import { tendPins } from './tend.ts';

/**
 * Pins the ring files that a search of the window would read. All of it or, as far as a file cannot be pinned, told in `lacking`; where
 * nothing can be pinned, or not as much as the limit allows, nothing is. May be killed at any instant: whoever looks next undoes it.
 * @throws CaptureError `bad_request`, `not_allowed`, `not_found` when there is no such ring or it holds nothing of the window, `no_room`; the
 * signal's reason when that aborts
 */
export async function pinWindow(
  room: Room,
  order: PinOrder,
  actor: Actor,
  { asked, signal }: { readonly asked: Order; readonly signal: AbortSignal },
): Promise<Pin> {
  const { analyst, description, case: incident } = attribution(room, actor, order);
  const ring = knownRing(room, order.ring);
  const window = { since: order.window.since, until: order.window.until ?? room.now() * 1_000 };
  checkWindow(window);
  const duration = order.duration ?? room.config.pins.for;
  allowDuration(room, actor, duration);
  const { directory } = room.config.pins;
  await makeDirectory(directory);
  // What was cut off takes no room any more, and no file is missed that only a lost registry knew of.
  await tendPins(room, signal);
  const places = await planRing(ring.path, window, room.pins.heldIn(ring.name));
  const files = filesOf(places);
  if (files.length === 0) {
    throw new CaptureError('not_found', `the ring ${ring.name} holds no packet file of that window: nothing is pinned`);
  }
  const deadline = deadlineIn(room, duration);
  const lacking = places.flatMap((place, at) =>
    notPlanned(place, at === places.length - 1 && order.window.until === null),
  );
  const pin: NewPin = {
    ...{ analyst, description, case: incident, ring: ring.name, window, directory, deadline, lacking },
    pinnedAt: deadline.at - duration,
  };
  const id = await claim(room, pin, files, await pinsIn(directory));
  return thenLetGo(room, id, async () => {
    try {
      const { kept, missed } = await takeAll(room, { id, directory, files }, signal);
      const told = [...lacking, ...missed].toSorted((one, other) => (one.from ?? 0) - (other.from ?? 0));
      if (kept.length === 0) {
        throw new CaptureError(
          'not_found',
          `nothing of that window could be pinned: ${told[0]?.why ?? 'no reason known'}`,
        );
      }
      const { sensor } = room.config;
      const place = join(directory, id);
      const described = { analyst, description, case: incident, ring: ring.name, pinnedAt: pin.pinnedAt };
      await writeManifest(place, {
        ...{ version: 1, sensor, files: kept },
        pin: { ...described, expiresAt: deadline.at, window, lacking: told },
      });
      await syncDirectory(place);
      const hold = room.database.transaction(() => {
        room.pins.markHeld(id, kept, told);
        const held = known(room, id);
        asked.settle('done', id, heldInWords(held));
        return held;
      });
      return await room.patiently(hold);
    } catch (error) {
      await undo(room, { id, directory }, error, asked);
      if (!signal.aborted) throw error;
      throw new CaptureError('conflict', 'it was interrupted: nothing is pinned', { cause: error });
    }
  });
}

/** Lets go of what was taken; what of that cannot be done now is done at the next look. */
async function undo(room: Room, { id, directory }: { id: PinId; directory: string }, error: unknown, asked: Order) {
  try {
    await removePlace(directory, id);
    const why = error instanceof Error ? error.message : String(error);
    await asked.fail(error, () => void room.pins.markUndone(id, why));
  } catch (trouble) {
    room.log.error({ pin: id, err: trouble }, 'pin not undone, next try follows');
  }
}

function known(room: Room, id: PinId): Pin {
  const pin = room.pins.byId(id);
  if (pin === undefined) throw new Error(`no pin ${id} in the registry`);
  return pin;
}

/** What a plan does not offer to be pinned, and must be told of. */
function notPlanned(place: Planned, isLastUpToNow: boolean): Lacking[] {
  if ('search' in place) return [];
  const { file, outcome, from, detail } = place.report;
  const lacking = (why: string): Lacking[] => [{ file, pinned: 'nothing', from, to: null, why }];
  switch (outcome) {
    case 'outside window':
      return [];
    case 'empty':
      return isLastUpToNow ? lacking('empty yet: what its logger holds back is not pinned') : [];
    default:
      return lacking(detail ?? outcome);
  }
}

interface Wanted {
  readonly id: PinId;
  readonly directory: string;
  readonly files: readonly RingFile[];
}

/** Links what can be linked, which is done at once, then copies the rest, the oldest first: that is pruned first. */
async function takeAll(room: Room, { id, directory, files }: Wanted, signal: AbortSignal) {
  const place = await makePlace(directory, id);
  const taken = new Map<number, Taken>();
  const path = (position: number) => join(place, placeName(position));
  for (const [position, file] of files.entries()) {
    signal.throwIfAborted();
    const linked = await linkRingFile(file, path(position), room.now());
    if (linked !== false) taken.set(position, linked);
  }
  const toCopy = [...files.entries()].filter(([position]) => !taken.has(position));
  const allow = (bytes: number) => allowSpace(room, directory, bytes);
  if (toCopy.length > 0) await allow(toCopy.reduce((sum, [, { size }]) => sum + size, 0));
  for (const [position, file] of toCopy) {
    signal.throwIfAborted();
    taken.set(position, await copyToPin(file, path(position), allow, signal));
  }
  const kept: PinFile[] = [];
  const missed: Lacking[] = [];
  for (const [position, file] of files.entries()) {
    const what = taken.get(position);
    if (what?.step === 'taken') {
      const { how, size, part } = what;
      const inode = file.pinned?.inode ?? file.inode;
      kept.push({ position, name: file.name, inode, firstAt: file.firstAt, size, how, part });
      if (part !== null) missed.push(lackingOf(file, 'part', part));
    } else missed.push(lackingOf(file, 'nothing', what?.why ?? 'not come to'));
  }
  return { kept, missed };
}

function lackingOf(file: RingFile, pinned: Lacking['pinned'], why: string): Lacking {
  const to: Micros = Math.max(file.firstAt, Math.floor(file.modifiedAt * 1_000));
  return { file: file.name, pinned, from: file.firstAt, to, why };
}

/** For the audit log. */
function heldInWords({ id, ring, files, bytes, lacking, window, expiresAt }: Pin): string {
  const time = (at: number) => new Date(at).toISOString();
  const [since, until] = [window.since, window.until].map((at) => time(at / 1_000));
  const missed = lacking.length === 0 ? '' : `; ${lacking.length} of the window not, or not wholly`;
  return `${id}: ${files} files of ${ring}, ${bytes} bytes, ${since} to ${until}, until ${time(expiresAt)}${missed}`;
}
