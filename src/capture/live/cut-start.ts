import type { Capture } from '../capture.ts';
import { isThere } from '../custody.ts';
import { endProcess } from '../process.ts';
import { observe, type Room } from '../room.ts';
import { outlivesSignals, settleLive, tcpdumpOf, whyItDied } from './ending.ts';
import { listening, patience, removeEmpty } from './launch.ts';

/**
 * Finishes the start of a capture whose starter is gone, and which this process has taken over: where its tcpdump listens, it runs; where
 * that left packets, it has died. Otherwise there is neither process nor file, and why is returned.
 * @throws CaptureError `tool_failed` when its tcpdump outlives every signal
 */
export async function finishCutStart(room: Room, capture: Capture): Promise<string | undefined> {
  const tcpdump = tcpdumpOf(room, capture);
  try {
    await listening(room, capture, tcpdump);
  } catch (error) {
    if (tcpdump !== undefined && !(await endProcess(tcpdump, ['SIGKILL'], patience)))
      throw outlivesSignals(capture, tcpdump);
    await removeEmpty(capture.path);
    if (!(await isThere(capture.path))) return error instanceof Error ? error.message : String(error);
    const why = `${await whyItDied(room, capture)}; the process that started it was gone before`;
    await settleLive(room, capture, { state: 'died', why }, () => observe(room, capture, 'died', why));
    return undefined;
  }
  const mark = room.database.transaction(() => {
    if (tcpdump !== undefined) room.registry.noteTcpdump(capture.id, tcpdump);
    if (room.registry.markRunning(capture.id))
      observe(room, capture, 'start', 'found running although the process that started it is gone');
  });
  await room.patiently(mark);
  return undefined;
}
