import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { PinId } from '../../pin.ts';
import { pinNumber } from '../../pins.ts';
import { cannotWrite } from '../../unwritable.ts';

/** What we put into a pin's directory: ring files, their description, and either before it is whole. Nothing else there is ours to delete. */
const ours = /^(\d{4,}\.pcap|\.\d{4,}\.pcap\.part|pin\.json|\.pin\.json\.part)$/;

/** A pin's own directory. */
export function placeOf(directory: string, id: PinId): string {
  return join(directory, id);
}

/**
 * Makes the directory of all pins.
 * @throws CaptureError `no_room` when it cannot be made or written to
 */
export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o750 }).catch((cause) => cannotWrite(directory, cause));
}

/**
 * Makes a pin's own directory, on the disk when the promise resolves.
 * @throws CaptureError `no_room` when it cannot be made, `conflict` when there is one
 */
export async function makePlace(directory: string, id: PinId): Promise<string> {
  const place = placeOf(directory, id);
  await mkdir(place, { mode: 0o750 }).catch((cause) => cannotWrite(place, cause));
  await syncDirectory(directory);
  return place;
}

/** The ids of the pins that have a directory; none where there is no directory of pins. */
export async function pinsIn(directory: string): Promise<PinId[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(unlessGone);
  return (entries ?? []).flatMap((entry) => {
    const number = pinNumber(entry.name);
    return entry.isDirectory() && number > 0 ? [`p${number}` as const] : [];
  });
}

/**
 * Removes what is ours in a pin's directory, and the directory unless somebody else has put something there; resolves once the disk has it
 * so. What is gone already is no error.
 */
export async function removePlace(directory: string, id: PinId): Promise<void> {
  const place = placeOf(directory, id);
  const there = await lstat(place).catch(unlessGone);
  if (there === undefined) return;
  // A link that somebody put there may lead anywhere.
  if (!there.isDirectory()) throw new Error(`${place} is not a directory: it is none of ours`);
  for (const name of await readdir(place)) {
    const path = join(place, name);
    if (ours.test(name) && (await lstat(path).catch(unlessGone))?.isFile()) await unlink(path).catch(unlessGone);
  }
  await syncDirectory(place).catch(unlessGone);
  await rmdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error;
  });
  await syncDirectory(directory);
}

export async function syncDirectory(directory: string): Promise<void> {
  const file = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function unlessGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
