import type { Setting } from './command.ts';
import type { Form } from './form.ts';
import { commandName } from './grammar.ts';
import type { Said } from './options.ts';
import { refuse, typed } from './refuse.ts';
import { dayAt, isDay } from './time.ts';
import { quoteWord } from './words.ts';

/** The one capture that a verb is for: its id, or a word that it alone has. */
export function oneOf(said: Said, form: Form, setting: Setting): string {
  const word = onlyWord(said, form, setting);
  const name = commandName(setting.door);
  if (word === undefined) {
    if (setting.about !== undefined) return setting.about;
    return refuse(
      `${form.verb} needs the id of a capture, or a word that it alone has: write ${name} ${withoutId(form.examples[0])}; ${name} list -v shows both`,
    );
  }
  return capitalForgiven(word);
}

/** An example for whoever named none: its id might be that of a capture that is there. */
function withoutId(example: string): string {
  return example.replace(/\b[acp]\d+\b/, 'ID');
}

/** What `show` shows: a capture, or a request for approval. */
export function shownOf(said: Said, form: Form, setting: Setting): string {
  return said.tail.length === 0 && setting.request !== undefined ? setting.request : oneOf(said, form, setting);
}

/** The id of a pin: `p1`. */
export function pinIdOf(said: Said, form: Form, setting: Setting): string {
  return idOf(onlyWord(said, form, setting), form, setting, { letter: 'p', what: 'pin', shownBy: 'pin' });
}

/** The id of the request that is approved, `a3`; null lists what waits. */
export function approvedOf(said: Said, form: Form, setting: Setting): string | null {
  const word = onlyWord(said, form, setting);
  return word === undefined ? (setting.request ?? null) : requestIdOf(word, form, setting);
}

/** The request that is denied, and the reason, where one is given; without either what waits is listed. */
export function denialOf(
  { tail }: Said,
  form: Form,
  setting: Setting,
): { readonly id: string | null; readonly reason: string | null } {
  const [first, ...behind] = tail;
  const { request } = setting;
  if (first === undefined) return { id: request ?? null, reason: null };
  // In the thread of a request all words are the reason, unless they begin with an id.
  const isAtHand = request !== undefined && !/^a\d+$/i.test(first);
  const reason = (isAtHand ? tail : behind).join(' ').trim();
  if (request !== undefined && !isAtHand && first.toLowerCase() !== request && reason !== '')
    refuse(`this is the thread of ${request}, and ${typed(first)} is another request: deny it where it is, or alone`);
  return { id: isAtHand ? request : requestIdOf(first, form, setting), reason: reason === '' ? null : reason };
}

function requestIdOf(word: string, form: Form, setting: Setting): string {
  return idOf(word, form, setting, { letter: 'a', what: 'request', shownBy: 'approve' });
}

interface Kind {
  readonly letter: string;
  readonly what: string;
  /** The verb that lists them. */
  readonly shownBy: string;
}

function idOf(given: string | undefined, form: Form, setting: Setting, { letter, what, shownBy }: Kind): string {
  const word = given ?? '';
  const [, first, digits] = /^([A-Za-z]?)(\d{1,15})$/.exec(word) ?? [];
  if (first?.toLowerCase() === letter) return word.toLowerCase();
  const name = commandName(setting.door);
  if (first === '') return refuse(`${typed(word)} is no id: did you mean ${name} ${form.verb} ${letter}${digits}?`);
  const wrong = word === '' ? `${form.verb} needs the id of a ${what}` : `${typed(word)} is no id of a ${what}`;
  return refuse(`${wrong}: write ${name} ${form.verb} ID; ${name} ${shownBy} shows the ids`);
}

/** What `stop` stops; null is all. */
export function stopSelector(said: Said, form: Form, setting: Setting): string | null {
  const all = said.options.has('all');
  const selector = selectorOf(said, form, setting) ?? (all ? undefined : setting.about);
  const name = commandName(setting.door);
  if (all && selector !== undefined) refuse(`--all and ${typed(selector)} are two selections: leave one of them out`);
  if (!all && selector === undefined) {
    if (setting.request !== undefined)
      refuse(`${setting.request} waits and does not run: write ${name} deny, or ${name} stop ID for what runs`);
    refuse(`stop needs an id or a word: write ${name} stop ID, or ${name} stop --all for every one that you may stop`);
  }
  return selector ?? null;
}

/** An id or a word, as the tail or as `-f`; undefined where there is neither. */
export function selectorOf(said: Said, form: Form, setting: Setting): string | undefined {
  const word = onlyWord(said, form, setting);
  const option = said.options.get('selector');
  if (word !== undefined && option !== undefined) {
    refuse(`-f ${typed(option)} and ${typed(word)} are two selections: leave one of them out`);
  }
  const selector = word ?? option;
  return selector && capitalForgiven(selector);
}

/** Phones begin a line with a capital. */
function capitalForgiven(selector: string): string {
  return /^[AC]\d+$/.test(selector) ? selector.toLowerCase() : selector;
}

/** The day of a report: `yyyy-mm-dd`, or `yesterday`, which is another day in another zone; null where none is named, and for `today`. */
export function dateOf(said: Said, form: Form, setting: Setting): string | null {
  const date = onlyWord(said, form, setting);
  if (date === undefined || /^today$/i.test(date)) return null;
  if (/^yesterday$/i.test(date)) return 'yesterday';
  const today = dayAt(setting.now, setting.timezone);
  if (!isDay(date))
    refuse(`${typed(date)} is not a day: write ${commandName(setting.door)} digest ${today}, or digest yesterday`);
  if (date > today) refuse(`${date} is in the future: today is ${today} in ${setting.timezone}`);
  return date;
}

/** The tail of a verb that takes one word at most. */
export function onlyWord(said: Said, form: Form, { door }: Setting): string | undefined {
  const [word, second] = said.tail;
  const example = `${commandName(door)} ${form.examples.at(-1)}`;
  if (form.tail === null && word !== undefined) refuse(`${form.verb} does not take ${typed(word)}: write ${example}`);
  if (second !== undefined) {
    const takesDuration = form.options.some(({ value }) => value === 'DURATION');
    if (takesDuration && /^\d+[smhd]$/i.test(second))
      refuse(
        `how long is an option: did you mean ${commandName(door)} ${form.verb} ${quoteWord(word ?? '')} --for ${second}?`,
      );
    refuse(`${form.verb} takes one ${form.tail}, and ${typed(second)} is one more: quote words that belong together`);
  }
  if (word?.trim() === '') refuse(`the ${form.tail} of ${form.verb} is empty: write ${example}`);
  return word;
}
