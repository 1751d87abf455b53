import type { Capture } from '../capture.ts';
import { isThere, seal } from '../custody.ts';
import { examineSavefile } from '../facts.ts';
import { inHand, observe, type Room, takeOver } from '../room.ts';
import { finishProcessingFile } from './processing.ts';

/** How a search came to its end. */
export interface SearchEnd {
  readonly state: 'finished' | 'cancelled' | 'died' | 'failed';
  readonly why: string;
}

/**
 * Settles a search: its file gets its final name, facts, digest and sidecar, and the registry its ending. Whatever was merged is kept.
 * @param alongside what belongs into the transaction that ends it
 */
export async function settleSearch(room: Room, capture: Capture, end: SearchEnd, alongside: () => void): Promise<void> {
  const path = `${room.place.directory}/${capture.savefile}`;
  await finishProcessingFile(room.place.directory, capture.savefile);
  const examined = (await isThere(path)) ? await examineSavefile(path) : undefined;
  const facts = examined?.facts ?? null;
  const cut =
    facts?.cutAt === null || facts === null
      ? ''
      : `; the savefile ends in the middle of a packet, at offset ${facts.cutAt}`;
  const ending = {
    state: end.state,
    why: `${end.why}${cut}`,
    endedAt: room.now(),
    counts: null,
    facts,
    sha256: examined?.sha256 ?? null,
  };
  if (examined !== undefined) {
    const { coverage } = room.registry.byId(capture.id) ?? capture;
    const complete = {
      ...capture,
      ...ending,
      coverage,
      bytes: facts?.fileBytes ?? null,
      packets: facts?.packets ?? null,
    };
    // A full disk must not keep a search from being settled: the registry has all that the sidecar says.
    await seal(room.place, complete).catch((error) =>
      room.log.error({ capture: capture.id, error }, 'sidecar not written'),
    );
  }
  room.database.transaction(() => {
    if (room.registry.settle(capture.id, ending)) alongside();
  })();
  room.log.info({ capture: capture.id, state: ending.state, why: ending.why, packets: facts?.packets }, 'search ended');
}

/** Settles a search whose process is gone. */
export async function reconcileSearch(room: Room, capture: Capture): Promise<void> {
  if (!takeOver(room, capture.id)) return;
  await inHand(room, capture.id, async () => {
    const { filesDone, filesTotal } = capture.progress ?? { filesDone: 0, filesTotal: 0 };
    const why = `the process that searched was gone after ${filesDone} of ${filesTotal} ring files: the others were not searched to their end`;
    await settleSearch(room, capture, { state: 'died', why }, () => observe(room, capture, 'died', why));
  });
}
