import type { Capture } from '../capture.ts';
import type { Examine } from '../facts.ts';
import { observe, type Room, takeOver } from '../room.ts';
import { cutInWords, settle } from '../settling.ts';
import { finishProcessingFile } from './processing.ts';

/** How a search came to its end. */
export interface SearchEnd {
  readonly state: 'finished' | 'cancelled' | 'died' | 'failed';
  readonly why: string;
}

/**
 * Settles a search: its file gets its final name, facts, digest and sidecar, and the registry its ending. Whatever was merged is kept.
 * @param alongside what belongs into the transaction that ends it
 * @param examine where this process wrote all of the file
 */
export async function settleSearch(
  room: Room,
  capture: Capture,
  end: SearchEnd,
  alongside: () => void,
  examine?: Examine,
): Promise<void> {
  await finishProcessingFile(room.place.directory, capture.savefile);
  await settle(room, capture, { ...end, counts: null, holes: cutInWords }, alongside, examine);
}

/** Settles a search whose process is gone. */
export async function reconcileSearch(room: Room, capture: Capture): Promise<void> {
  await takeOver(room, capture.id, async () => {
    const { ending, endingAt } = room.registry.processes(capture.id);
    if (endingAt !== null && ending !== null && ending !== 'stopped') {
      const end = { state: ending, why: room.registry.byId(capture.id)?.why ?? ending };
      const told = `${end.why}; written for a process that was gone`;
      return settleSearch(room, capture, end, () => observe(room, capture, 'search', told));
    }
    const why = `${searcherOf(capture)} was interrupted ${await interruptedIn(room, capture)}. Order the search again to have all of it`;
    await settleSearch(room, capture, { state: 'died', why }, () => observe(room, capture, 'died', why));
  });
}

/** The detail of a ring file in the middle of which a search ended. */
export const cutShort = 'the search ended before it was done with it';

/** Whose process searched: the bot's where it was ordered in Slack, unless it began with an approval, which a shell may have given. */
function searcherOf({ channel, approvedBy }: Capture): string {
  return channel !== null && approvedBy === null ? 'the bot that searched' : 'the process that searched';
}

/** Says how far it was, and of the file of each ring that it was at that it may have been in the middle of it. */
async function interruptedIn({ registry, patiently }: Room, { id, progress, state }: Capture): Promise<string> {
  if (progress !== null) {
    const left = registry.notCome(id);
    const nextIn = new Map(left.toReversed().map((line) => [line.report.ring, line]));
    for (const { position, report } of nextIn.values())
      await patiently(() => registry.noteReport(id, position, { ...report, detail: cutShort }));
    const { filesTotal } = progress;
    return `after ${Math.max(0, filesTotal - left.length)} of ${filesTotal} ring files: the others were not searched to their end`;
  }
  return state === 'starting'
    ? "while it waited for the ring's logger: nothing of the ring was searched"
    : 'before it came to its first ring file: nothing of the ring was searched';
}
