import { join } from 'node:path';
import type { Capture, Counts } from './capture.ts';
import { isThere, seal } from './custody.ts';
import { type Examine, type Examined, examineSavefile } from './facts.ts';
import { untilNoted } from './patience.ts';
import type { Ending } from './record.ts';
import type { Room } from './room.ts';

/** How a capture came to its end, apart from what its savefile tells. */
export interface End {
  readonly state: Ending['state'];
  readonly counts: Counts | null;
  /** In words. */
  readonly why: string;
  /** What is missing from its savefile, in words; of undefined where there is none. */
  readonly holes: (examined: Examined | undefined) => readonly string[];
}

/**
 * Settles a capture of this process whose savefile has its final name: facts and digest from the file, sidecar, registry. How and when it
 * ended is fixed before; done again after a crash, by whomever, it comes to the same.
 * @param alongside what belongs into the transaction that ends it; left out when another process was first
 * @param examine for whoever wrote all of it; everybody else reads it
 */
export async function settle(
  room: Room,
  capture: Capture,
  end: End,
  alongside: () => void,
  examine: Examine = examineSavefile,
): Promise<void> {
  const { state, counts } = end;
  const endedAt = await room.patiently(
    () => room.registry.fixEnding(capture.id, { state, why: end.why }, room.now()),
    untilNoted,
  );
  // Somebody else's to end: a sidecar of ours would contradict theirs.
  if (endedAt === undefined) return;
  const path = join(room.place.directory, capture.savefile);
  const examined = (await isThere(path)) ? await examine(path) : undefined;
  const facts = examined?.facts ?? null;
  const why = [end.why, ...end.holes(examined)].join('; ');
  const ending = { state, why, endedAt, counts, facts, sha256: examined?.sha256 ?? null };
  if (examined !== undefined) {
    // The coverage statement was written meanwhile.
    const current = room.registry.byId(capture.id) ?? capture;
    const complete = { ...current, ...ending, bytes: facts?.fileBytes ?? null, packets: facts?.packets ?? null };
    ending.why = [why, ...(await sealOrSay(room, complete))].join('; ');
  }
  await writeEnding(room, capture, ending, alongside);
  const told = { capture: capture.id, state, why: ending.why, counts, packets: facts?.packets };
  room.log.info(told, capture.kind === 'live' ? 'capture ended' : 'search ended');
}

/**
 * Seals a complete savefile. A full disk must not keep a capture from being settled, the registry has all that the sidecar says: that it
 * could not be written is returned, in words.
 */
export async function sealOrSay(room: Room, capture: Capture): Promise<string[]> {
  try {
    await seal(room.place, capture, room.registry.hosts(capture.id));
    return [];
  } catch (error) {
    room.log.error({ capture: capture.id, error }, 'sidecar not written');
    return [unsealedInWords(capture, error)];
  }
}

/** Settles a capture that never came to hold a packet. */
export async function settleFailed(room: Room, capture: Capture, why: string, alongside: () => void): Promise<void> {
  const nothing = { counts: null, facts: null, sha256: null };
  await writeEnding(room, capture, { state: 'failed', why, endedAt: room.now(), ...nothing }, alongside);
}

/** That a sidecar is to be made later, and how. */
function unsealedInWords({ id }: Capture, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return `the sidecar could not be written: ${said}: capture verify ${id} writes it`;
}

/** That a savefile ends in the middle of a packet, in words; none where it does not. */
export function cutInWords(examined: Examined | undefined): string[] {
  const cutAt = examined?.facts?.cutAt ?? null;
  return cutAt === null ? [] : [`the savefile ends in the middle of a packet, at offset ${cutAt}`];
}

async function writeEnding(room: Room, capture: Capture, ending: Ending, alongside: () => void): Promise<void> {
  const write = room.database.transaction(() => {
    if (room.registry.settle(capture.id, ending)) alongside();
  });
  await room.patiently(write, untilNoted);
}
