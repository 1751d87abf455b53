import { join } from 'node:path';
import type { Capture, Counts } from './capture.ts';
import { isThere, seal } from './custody.ts';
import { type Examined, examineSavefile } from './facts.ts';
import type { Ending } from './registry.ts';
import type { Room } from './room.ts';

/** How a capture came to its end, apart from what its savefile tells. */
export interface End {
  readonly state: Ending['state'];
  readonly counts: Counts | null;
  /** Why, in words, given what the savefile held; undefined where there is none. */
  readonly why: (examined: Examined | undefined) => string;
}

/**
 * Settles a capture whose savefile has its final name: facts and digest from the file, sidecar, registry. Done again after a crash it
 * comes to the same.
 * @param alongside what belongs into the transaction that ends it; left out when another process was first
 */
export async function settle(room: Room, capture: Capture, end: End, alongside: () => void): Promise<void> {
  const path = join(room.place.directory, capture.savefile);
  const examined = (await isThere(path)) ? await examineSavefile(path) : undefined;
  const facts = examined?.facts ?? null;
  const { state, counts } = end;
  const why = end.why(examined);
  const ending = {
    state,
    why,
    endedAt: room.now(),
    counts,
    facts,
    sha256: examined?.sha256 ?? null,
  };
  if (examined !== undefined) {
    // The coverage statement was written meanwhile.
    const current = room.registry.byId(capture.id) ?? capture;
    const complete = { ...current, ...ending, bytes: facts?.fileBytes ?? null, packets: facts?.packets ?? null };
    // A full disk must not keep a capture from being settled: the registry has all that the sidecar says.
    await seal(room.place, complete, room.registry.hosts(capture.id)).catch((error: unknown) => {
      room.log.error({ capture: capture.id, error }, 'sidecar not written');
      ending.why = `${why}; ${unsealedInWords(capture, error)}`;
    });
  }
  writeEnding(room, capture, ending, alongside);
  const told = { capture: capture.id, state, why: ending.why, counts, packets: facts?.packets };
  room.log.info(told, capture.kind === 'live' ? 'capture ended' : 'search ended');
}

/** Settles a capture that never came to hold a packet. */
export function settleFailed(room: Room, capture: Capture, why: string, alongside: () => void): void {
  const nothing = { counts: null, facts: null, sha256: null };
  writeEnding(room, capture, { state: 'failed', why, endedAt: room.now(), ...nothing }, alongside);
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

function writeEnding(room: Room, capture: Capture, ending: Ending, alongside: () => void): void {
  room.database.transaction(() => {
    if (room.registry.settle(capture.id, ending)) alongside();
  })();
}
