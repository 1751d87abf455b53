import { setImmediate as otherWork } from 'node:timers/promises';
import type { Capture } from './capture.ts';
import { isOpen } from './capture.ts';
import { CaptureError } from './errors.ts';
import type { Room } from './room.ts';

/** Which captures a word may name: those that an order can be for. */
export type Among = 'all' | 'running live' | 'ended';

/** More than so many are not read, and a longer word is needed anyway. */
const mostNamed = 8;
const longestDescription = 40;

/**
 * The id of the one capture that is meant: an id as it is, or a word of analyst, description, expression or case that one alone has.
 * @throws CaptureError `not_found` where none has it, `bad_request` naming them where several have
 */
export async function idSelected(room: Room, selector: string, among: Among): Promise<string> {
  if (/^c\d+$/.test(selector)) return selector;
  const found = await matching(room, selector, among);
  const [one, another] = found;
  if (one === undefined) {
    const which = {
      all: 'no capture',
      'running live': 'no live capture that runs',
      ended: 'no capture that has ended',
    };
    throw new CaptureError(
      'not_found',
      `${which[among]} matches ${quoted(selector)}: see what there is with "list --all"`,
    );
  }
  if (another === undefined) return one.id;
  throw new CaptureError(
    'bad_request',
    [`${quoted(selector)} matches more than one capture: name one of them by its id`, ...namedLines(found)].join('\n'),
  );
}

/** Captures, a line each, with the id to type instead of a word. */
export function namedLines(captures: readonly Capture[]): string[] {
  const lines = captures.slice(0, mostNamed).map(({ id, state, analyst, description }) => {
    const words = description.replaceAll(/\s+/gu, ' ').trim();
    const short = words.length > longestDescription ? `${words.slice(0, longestDescription - 1)}…` : words;
    return `  ${id} ${state}: ${analyst}, ${short}`;
  });
  return captures.length > mostNamed ? [...lines, '  and more'] : lines;
}

/** A word in a sentence, cut where it is too long to be read. */
export function quoted(word: string): string {
  return `"${word.length > 40 ? `${word.slice(0, 40)}…` : word}"`;
}

/** Newest first; no more than it takes to see that there are too many. */
async function matching({ registry }: Room, selector: string, among: Among): Promise<Capture[]> {
  const fits = (capture: Capture) => {
    if (among === 'running live') return capture.kind === 'live' && isOpen(capture.state);
    return among === 'all' || !isOpen(capture.state);
  };
  // A bare number may be an id whose letter was forgotten.
  const numbered = /^\d{1,15}$/.test(selector) ? registry.byId(`c${selector}`) : undefined;
  const found = numbered !== undefined && fits(numbered) ? [numbered] : [];
  const add = (captures: readonly Capture[]) =>
    found.push(...captures.filter((capture) => fits(capture) && capture.id !== numbered?.id));
  if (among === 'running live') add(registry.openMatching(selector));
  else {
    for (const page of registry.pages(selector)) {
      add(page);
      if (found.length > mostNamed) break;
      await otherWork();
    }
  }
  return found;
}
