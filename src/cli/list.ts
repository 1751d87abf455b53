import type { Capture } from '../capture/capture.ts';
import type { Selection } from '../capture/orders.ts';
import { oneLine } from '../reports/words.ts';
import { clockTime, type Zone } from './clock.ts';
import { type Session, shown } from './session.ts';

/** Lists captures that match; in detail where they are asked for so. */
export async function list(selection: Selection, details: boolean, session: Session): Promise<number> {
  const { engine, actor, output, json } = session;
  const captures = await engine.list(selection, actor);
  // The plain list is the command that is typed most, and starts without the others.
  if (json) {
    const { captureJson } = await import('./json.ts');
    output.json(captures.map((capture) => ({ ...captureJson(capture), why: capture.why })));
  } else if (details) {
    const [{ blockLines }, { withStatus }] = await Promise.all([import('./print.ts'), import('./status.ts')]);
    const blocks = captures.map(async (each) => ({ ...(await withStatus(each)), deletion: engine.deletion(each.id) }));
    output.lines(blockLines(await Promise.all(blocks), shown(session)));
  } else if (output.terminal) {
    const { listedLines } = await import('./listed.ts');
    const deleted = new Set(captures.map(({ id }) => id).filter((id) => engine.deletion(id) !== undefined));
    const { timezone } = session;
    output.lines(listedLines(captures, { timezone, columns: output.columns, all: selection.all, deleted }));
  } else output.lines(listLines(captures, session.timezone));
  if (output.terminal && captures.length === 0) output.note(noneListed(selection));
  // On stderr: what a script reads is a list of captures, and stays one.
  const waiting = engine.waiting();
  if (waiting.length > 0)
    output.note(`Waiting for approval: ${waiting.map(({ id }) => id).join(', ')}; capture approve shows more.`);
  return 0;
}

function noneListed({ selector, all }: Selection): string {
  const matching = selector === undefined ? '' : ' that matches';
  return all
    ? `There is no capture${matching}.`
    : `No capture is running${matching}; capture list --all shows ended ones.`;
}

/** A capture a line, `<analyst> <Day Mon dd hh:mm:ss yyyy> <description>`, as the original printed them. */
export function listLines(captures: readonly Capture[], timezone: Zone): string[] {
  return captures.map(
    ({ analyst, startedAt, description }) => `${analyst} ${clockTime(startedAt, timezone)} ${oneLine(description)}`,
  );
}
