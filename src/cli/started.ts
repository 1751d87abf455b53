import type { Started } from '../capture/orders.ts';
import { captureJson } from './json.ts';
import type { Session } from './session.ts';

/** Says that a live capture runs: what the analyst should know about it, then its name. */
export function tellStarted({ capture, warnings }: Started, { output, json }: Session): void {
  for (const warning of warnings) output.note(`Warning: ${warning}`);
  if (json) output.json({ ...captureJson(capture), warnings });
  else output.lines([`Started: ${capture.savefile}`]);
  if (output.terminal && !json)
    output.note(`${capture.id} runs on ${capture.interface}: capture stop ${capture.id} ends it`);
}
