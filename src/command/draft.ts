import type { Setting, Verb } from './command.ts';
import type { Form, OptionName } from './form.ts';
import { formsAt, grammar } from './grammar.ts';
import { readWords } from './options.ts';
import { fromOriginal } from './original.ts';
import { isoTime, parseTime } from './time.ts';
import { quoteWord } from './words.ts';

export type DraftVerb = Extract<Verb, 'start' | 'search' | 'both'>;

/** An order to capture that is still being written: its options as typed, `''` where one takes no value. */
export interface Draft {
  readonly verb: DraftVerb;
  readonly options: Readonly<Partial<Record<OptionName, string>>>;
}

/**
 * What a person typed of an order to capture that lacks its description or its expression; null for all other words, right or wrong.
 * Times are read at once, since `2h` means something else when the order is complete.
 * @throws CaptureError `bad_request` for options that cannot be read
 */
export function unfinished(words: readonly string[], setting: Setting): Draft | null {
  const [first = '', ...rest] = words[0]?.startsWith('-') ? fromOriginal(words) : words;
  const form = formsAt(setting.door).find(({ verb }) => verb === first.toLowerCase());
  if (form === undefined || !isDraftVerb(form.verb)) return null;
  const { options, tail } = readWords(rest, form, setting.door);
  const expression = options.get('expression') ?? tail.join(' ');
  const whole = options.has('description') && expression.trim() !== '';
  if (whole || options.has('help') || (options.has('expression') && tail.length > 0)) return null;
  const typed = Object.fromEntries(
    [...options].map(([name, value]) => [
      name,
      isTime(name) ? isoTime(parseTime(value, setting.now, setting.timezone)) : value,
    ]),
  );
  return { verb: form.verb, options: { ...typed, ...(expression.trim() === '' ? {} : { expression }) } };
}

export function isDraftVerb(verb: string): verb is DraftVerb {
  return verb === 'start' || verb === 'search' || verb === 'both';
}

/** The draft as words: `parseCommand` reads them. What its verb does not take is left out, and so is what is empty. */
export function draftWords({ verb, options }: Draft): string[] {
  const taken = draftOptions(verb).flatMap(({ name, value }) => {
    const given = options[name];
    if (given === undefined || (value !== null && given.trim() === '')) return [];
    return [value === null ? `--${name}` : `--${name}=${given}`];
  });
  return [verb, ...taken];
}

/** The draft as a line that can be typed. */
export function draftLine({ verb, options }: Draft): string {
  const taken = draftOptions(verb).flatMap(({ name, letter, value }) => {
    const given = options[name];
    if (given === undefined || (value !== null && given.trim() === '')) return [];
    if (value === null) return [`--${name}`];
    return given.startsWith('-')
      ? [`--${name}=${quoteWord(given)}`]
      : [letter === null ? `--${name}` : `-${letter}`, quoteWord(given)];
  });
  return [verb, ...taken].join(' ');
}

/** The options of a verb in Slack. */
export function draftOptions(verb: DraftVerb): Form['options'] {
  return grammar[verb].options.filter(({ doors }) => doors?.includes('slack') ?? true);
}

function isTime(name: OptionName): boolean {
  return name === 'since' || name === 'until';
}
