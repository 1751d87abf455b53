import type { Pin, Pinboard, PinOrder } from '../capture/pin.ts';
import { lackInWords, lackingInWords, pinboardInWords, pinInWords } from '../reports/pins.ts';
import { oneLine } from '../reports/words.ts';
import { exits } from './exits.ts';
import { interruptible } from './interrupt.ts';
import { pinboardJson, pinJson } from './json.ts';
import type { Session } from './session.ts';

/**
 * Pins the ring files of a window, or lists what is pinned where there is no order.
 * @returns 0, or 130 when it was interrupted: then nothing is pinned
 * @throws CaptureError as `engine.pin` and `engine.pins`
 */
export async function pin(order: PinOrder | null, session: Session): Promise<number> {
  const { engine, actor, output, json, deaf } = session;
  if (order === null) return list(await engine.pins(actor), session);
  const interrupt = interruptible(deaf);
  try {
    const pinned = await engine.pin(order, actor, interrupt.signal);
    if (json) output.json(pinJson(pinned));
    else output.lines([`Pinned ${pinned.id}: ${pinInWords(pinned)}`, ...lackingLines(pinned)].map(shown));
    const lacking = lackingInWords(pinned);
    if (lacking !== null) output.note(shown(`Warning: ${pinned.id} has not all of its window: ${lacking}`));
    return 0;
  } catch (error) {
    if (interrupt.signal.aborted) {
      output.note('Interrupted: nothing is pinned.');
      return exits.cancelled.status;
    }
    throw error;
  } finally {
    interrupt.stop();
  }
}

/**
 * Lets go of a pin.
 * @throws CaptureError as `engine.unpin`
 */
export async function unpin(id: string, { engine, actor, output, json }: Session): Promise<number> {
  const released = await engine.unpin(id, actor);
  if (json) output.json(pinJson(released));
  else output.lines([shown(`Released ${released.id}: ${pinInWords(released)}`.replace(/, kept until .*/, ''))]);
  return 0;
}

function list(board: Pinboard, { output, json, now }: Session): number {
  if (json) output.json(pinboardJson(board));
  else output.lines(boardLines(board, now()).map(shown));
  if (output.terminal && board.pins.length === 0)
    output.note("Nothing is pinned; capture pin -d 'why' --since 6h pins.");
  return 0;
}

/** A pin a line or two, and what all of them take. */
export function boardLines(board: Pinboard, now: number): string[] {
  const lines = board.pins.flatMap((each) => {
    const { id, state, analyst, description, case: incident } = each;
    const [underway, named] = [state === 'held' ? '' : ` ${state}`, incident === null ? '' : ` [${incident}]`];
    const lacking = lackingInWords(each);
    return [
      `${id}${underway} ${analyst} ${pinInWords(each)}: ${oneLine(description)}${named}`,
      ...(lacking === null ? [] : [`   ${lacking}`]),
    ];
  });
  return [...lines, ...pinboardInWords(board, now)];
}

function lackingLines({ lacking }: Pin): string[] {
  return lacking.map(
    (lack) =>
      `${lack.pinned === 'part' ? 'Pinned' : 'Not pinned'}: ${oneLine(lack.file)}: ${oneLine(lackInWords(lack))}`,
  );
}

/** A terminal's font may lack the thin space. */
function shown(line: string): string {
  return line.replaceAll('\u202F', ' ');
}
