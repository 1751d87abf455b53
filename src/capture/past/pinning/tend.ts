import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { timeLeft } from '../../limits.ts';
import type { Pin, PinId } from '../../pin.ts';
import { pinNumber, placeName } from '../../pins.ts';
import { bootId, isAlive } from '../../process.ts';
import { durationInWords } from '../../quantities.ts';
import { inHand, observe, type Room } from '../../room.ts';
import { readManifest } from './manifest.ts';
import { pinsIn, placeOf, removePlace } from './place.ts';
import { letGo, releasedInWords } from './release.ts';

/**
 * Brings the registry and the directory of pins together again: what was cut off is undone or released to its end, what is over its time
 * is released, what a lost registry knew is known again. Any process may do it, at any time.
 * @param signal ends it between two pins
 */
export async function tendPins(room: Room, signal: AbortSignal): Promise<void> {
  for (const pin of room.pins.open()) {
    if (signal.aborted) return;
    await carefully(room, pin.id, () => tend(room, pin));
  }
  for (const id of await pinsIn(room.config.pins.directory)) {
    if (signal.aborted) return;
    await carefully(room, id, () => tendPlace(room, id));
  }
}

/** The others must be looked after all the same; this one is tried again at the next look. */
async function carefully(room: Room, id: PinId, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    room.log.error({ pin: id, err: error }, 'pin not looked after');
  }
}

async function tend(room: Room, pin: Pin): Promise<void> {
  switch (pin.state) {
    case 'held': {
      const { deadline } = room.pins.place(pin.id);
      if (timeLeft(room, deadline) <= 0) return expire(room, pin);
      return noteGrowth(room, pin);
    }
    case 'pinning':
      return cutOff(room, pin, async () => {
        const why = 'it was cut off while it was being pinned: its files are let go of, pin them again';
        await removePlace(room.pins.place(pin.id).directory, pin.id);
        const undo = room.database.transaction(() => {
          if (room.pins.markUndone(pin.id, why)) observe(room, pin, 'pin', `${pin.id}: ${why}`);
        });
        await room.patiently(undo);
      });
    case 'releasing':
      return cutOff(room, pin, async () => {
        const why = `${pin.why ?? 'no reason known'}; ended for a process that was gone`;
        await letGo(room, pin.id, () => observe(room, pin, 'unpin', releasedInWords(pin, why)));
      });
    case 'released':
    case 'undone':
      return;
    default:
      return pin.state satisfies never;
  }
}

async function expire(room: Room, pin: Pin): Promise<void> {
  const why = `its time was over: ${durationInWords(Math.round((pin.expiresAt - pin.pinnedAt) / 1_000) * 1_000)}`;
  await inHand(room, pin.id, async () => {
    if (!(await room.patiently(() => room.pins.markReleasing(pin.id, why)))) return;
    await letGo(room, pin.id, () => observe(room, pin, 'unpin', releasedInWords(pin, why)));
    room.log.info({ pin: pin.id }, 'pin released');
  });
}

/** Does it when whoever had the pin in hand is gone, or has dropped it. */
async function cutOff(room: Room, pin: Pin, act: () => Promise<void>): Promise<void> {
  const { owner } = room.pins.place(pin.id);
  const caredFor = owner === room.self ? room.inHand.has(pin.id) : isAlive(owner);
  if (caredFor) return;
  await inHand(room, pin.id, async () => {
    if (owner === room.self || (await room.patiently(() => room.pins.takeOver(pin.id, owner)))) await act();
  });
}

/** The ring's newest file grows on in a pin that has it by a link, and takes more room. */
async function noteGrowth(room: Room, pin: Pin): Promise<void> {
  const last = room.pins.filesOf(pin.id).at(-1);
  if (last?.how !== 'link') return;
  const path = join(placeOf(room.pins.place(pin.id).directory, pin.id), placeName(last.position));
  // Where it is gone, searches tell it.
  const size = await lstat(path).then(
    (stats) => stats.size,
    () => last.size,
  );
  if (size !== last.size) await room.patiently(() => room.pins.noteSize(pin.id, last.position, size));
}

async function tendPlace(room: Room, id: PinId): Promise<void> {
  const pin = room.pins.byId(id);
  const { directory } = room.config.pins;
  if (pin === undefined) return takeBack(room, id);
  // Here again after a power cut.
  if ((pin.state === 'released' || pin.state === 'undone') && room.pins.place(id).directory === directory)
    await removePlace(directory, id);
}

/** Writes a pin that only its directory knows into the registry; what never was a whole pin is removed. */
async function takeBack(room: Room, id: PinId): Promise<void> {
  const { directory } = room.config.pins;
  const manifest = await readManifest(placeOf(directory, id));
  if (manifest === null) return removePlace(directory, id);
  if (manifest.sensor !== room.config.sensor)
    throw new Error(
      `${placeOf(directory, id)} is a pin of ${manifest.sensor}: each installation needs a directory of its own`,
    );
  const { expiresAt, ...pin } = manifest.pin;
  const left = Math.max(0, expiresAt - room.now());
  const deadline = { at: expiresAt, uptime: room.uptime() + left, boot: bootId };
  const add = room.database.transaction(() => {
    if (room.pins.byId(id) !== undefined) return;
    room.pins.add(pinNumber(id), 'held', { ...pin, directory, deadline }, manifest.files);
    observe(room, { id, analyst: pin.analyst }, 'pin', `${id}: known again from its directory`);
  });
  await room.patiently(add.immediate);
}
