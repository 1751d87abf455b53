import { link, lstat, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Capture, Micros } from '../capture.ts';
import { createSavefile } from '../custody.ts';
import { processingName } from '../filename.ts';
import { pidOf } from '../process.ts';
import type { Room } from '../room.ts';
import type { WrittenHeader } from '../savefile.ts';
import { cannotWrite } from '../unwritable.ts';
import { type Appending, beginAppending } from './appending.ts';

/** A search's savefile while it grows, under its processing name; the final name is a symbolic link to it. */
export interface ProcessingFile extends Appending {
  readonly name: () => string;
  /** Moves it to the name that says how far the search is; the link points to a file at every instant. */
  reach(at: Micros): Promise<void>;
}

/**
 * Creates the file with its pcap header, and the link.
 * @throws CaptureError `no_room`, `conflict` when the name was taken meanwhile
 */
export async function openProcessingFile(room: Room, capture: Capture, header: WrittenHeader): Promise<ProcessingFile> {
  const { directory } = room.place;
  const pid = pidOf(room.self);
  const final = join(directory, capture.savefile);
  let name = processingName(capture.savefile, pid, capture.window?.since ?? null);
  const file = await createSavefile(join(directory, name));
  let appending: Appending;
  try {
    appending = await beginAppending(file, directory, header);
    await symlink(name, final).catch((cause) => cannotWrite(final, cause));
  } catch (error) {
    await file.close();
    await rm(join(directory, name));
    throw error;
  }
  return {
    ...appending,
    name: () => name,
    reach: async (at) => {
      const next = processingName(capture.savefile, pid, at);
      if (next === name) return;
      try {
        await link(join(directory, name), join(directory, next));
        await pointTo(next, final);
        await rm(join(directory, name));
      } catch (cause) {
        cannotWrite(directory, cause);
      }
      name = next;
    },
  };
}

/**
 * Lets the file take its link's place, in one rename. Done again, or for a process that was killed at any instant, it comes to the
 * same: the link always points to the file.
 */
export async function finishProcessingFile(directory: string, savefile: string): Promise<void> {
  const final = join(directory, savefile);
  const [analyst, rest] = [savefile.slice(0, savefile.indexOf('_')), savefile.slice(savefile.indexOf('_'))];
  const names = (await readdir(directory)).filter(
    (name) => name.startsWith(`${analyst}.processing.`) && name.endsWith(rest),
  );
  // Killed before the link was made, there is but the file.
  const target = await readlink(final).catch(() => names[0]);
  const isFinal = (await lstat(final).catch(() => undefined))?.isFile() === true;
  if (target !== undefined && !isFinal) await rename(join(directory, target), final);
  // The other name of the same file, and the other link, where a move was cut in the middle.
  for (const name of [...names, basename(linkBefore(final))]) await rm(join(directory, name), { force: true });
}

/** Where the link is made before it takes the place of the one there is. */
function linkBefore(final: string): string {
  return `${final}.link`;
}

async function pointTo(target: string, final: string): Promise<void> {
  const temporary = linkBefore(final);
  await rm(temporary, { force: true });
  await symlink(target, temporary);
  await rename(temporary, final);
}
