import type { Actor } from '../../analyst.ts';
import { CaptureError } from '../../errors.ts';
import { mayUnpin, type Pin, type PinId } from '../../pin.ts';
import { sizeInWords } from '../../quantities.ts';
import { inHand, type Order, type Room } from '../../room.ts';
import { removePlace } from './place.ts';

/**
 * Releases a pin: its files are the logger's again. What another pin holds stays, and nothing in the ring is touched.
 * @throws CaptureError `not_found`, `conflict` when it is not held, `not_allowed` when it is not theirs
 */
export async function unpin(room: Room, id: string, actor: Actor, asked: Order): Promise<Pin> {
  const pin = room.pins.byId(id);
  if (pin === undefined) throw new CaptureError('not_found', `there is no pin ${id}: "pin" alone lists them`);
  if (!mayUnpin(actor.analyst, pin)) {
    throw new CaptureError('not_allowed', `${pin.id} is a pin of ${pin.analyst}: ask them, or a lead`);
  }
  const why = `released by ${actor.analyst.name}`;
  return inHand(room, pin.id, async () => {
    if (!(await room.patiently(() => room.pins.markReleasing(pin.id, why))))
      throw notHeld(room.pins.byId(pin.id) ?? pin);
    return letGo(room, pin.id, () => asked.settle('done', pin.id, releasedInWords(pin, why)));
  });
}

/** Removes the files of a pin that is being released, and settles it in one transaction with what is written of that. */
export async function letGo(room: Room, id: PinId, write: () => void): Promise<Pin> {
  await removePlace(room.pins.place(id).directory, id);
  const release = room.database.transaction(() => {
    if (room.pins.markReleased(id)) write();
    const pin = room.pins.byId(id);
    if (pin === undefined) throw new Error(`no pin ${id} in the registry`);
    return pin;
  });
  return room.patiently(release);
}

/** For the audit log. */
export function releasedInWords({ id, ring, files, bytes }: Pin, why: string): string {
  return `${id}: ${files} files of ${ring}, ${sizeInWords(bytes)}: ${why}`;
}

function notHeld({ id, state, why }: Pin): CaptureError {
  switch (state) {
    case 'pinning':
      return new CaptureError('conflict', `${id} is being pinned: try again when that is done`);
    case 'releasing':
      return new CaptureError('conflict', `${id} is being released`);
    case 'released':
    case 'undone':
      return new CaptureError('conflict', `${id} holds nothing any more: ${why ?? state}`);
    case 'held':
      return new CaptureError('conflict', `${id} changed at the same instant: try again`);
    default:
      return state satisfies never;
  }
}
