import { statfs } from 'node:fs/promises';
import { type Actor, mayRole } from '../../analyst.ts';
import { CaptureError } from '../../errors.ts';
import type { PinId } from '../../pin.ts';
import type { NewPin, PinFile } from '../../pins.ts';
import { durationInWords, sizeInWords } from '../../quantities.ts';
import { addInHand, type Room } from '../../room.ts';
import type { RingFile } from '../ring.ts';

/** @throws CaptureError `not_allowed` for longer than the configuration's time without being a lead */
export function allowDuration(room: Room, actor: Actor, duration: number): void {
  const limit = room.config.pins.for;
  if (duration <= limit || mayRole.exceedLimits(actor.analyst)) return;
  throw new CaptureError(
    'not_allowed',
    `only a lead may pin for longer than ${durationInWords(limit)} (pins.for): ask for less, or ask a lead`,
  );
}

/**
 * Writes the pin into the registry with the files that it will have, when they are within the limit.
 * @throws CaptureError `no_room` with the numbers
 */
export async function claim(
  room: Room,
  pin: NewPin,
  files: readonly RingFile[],
  there: readonly PinId[],
): Promise<PinId> {
  const highest = there.reduce((most, id) => Math.max(most, Number(id.slice(1))), 0);
  const wanted = files.map(({ name, inode, firstAt, size, pinned }, position): PinFile => {
    // A file that only another pin has any more counts as what it was in the ring.
    const counted = pinned === null ? { inode, size } : { inode: pinned.inode, size: Math.max(size, pinned.size) };
    const how = pinned !== null && pinned.size >= size ? pinned.how : null;
    return { position, name, firstAt, ...counted, how, part: null };
  });
  // Immediate: of two orders at once, each counts what the other takes.
  const add = room.database.transaction((): { readonly id: PinId } => {
    const before = room.pins.used();
    const number = room.pins.nextNumber(highest);
    room.pins.add(number, 'pinning', pin, wanted);
    const { size: limit } = room.config.pins;
    const after = room.pins.used();
    if (after <= limit) return { id: `p${number}` };
    throw new CaptureError(
      'no_room',
      `${sizeInWords(after - before)} more would be pinned, ${sizeInWords(before)} are, and ${sizeInWords(limit)} is the limit (pins.size): release a pin, or ask for a shorter window`,
    );
  });
  return (await addInHand(room, add.immediate)).id;
}

/** @throws CaptureError `no_room` when so many further bytes would leave less free than must stay free */
export async function allowSpace(room: Room, directory: string, bytes: number): Promise<void> {
  const floor = room.config.limits.freeSpace;
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize - bytes >= floor) return;
  throw new CaptureError(
    'no_room',
    `${sizeInWords(bytes)} must be copied to ${directory}, ${sizeInWords(bavail * bsize)} is free there, and ${sizeInWords(floor)} must stay free (limits.freeSpace): make room, or ask for a shorter window`,
  );
}
