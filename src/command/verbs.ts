import type { Door, Verb } from './command.ts';
import type { Form } from './form.ts';
import { commandName, formsAt, grammar } from './grammar.ts';
import { nearest } from './nearest.ts';
import { refuse, typed } from './refuse.ts';
import { quoteWord } from './words.ts';

/** What other tools call it. */
const alsoCalled: Readonly<Record<string, Verb>> = {
  ...{ begin: 'start', run: 'start', find: 'search', grep: 'search' },
  ...{ ls: 'list', ps: 'list', status: 'list', info: 'show', details: 'show', fetch: 'get', download: 'get' },
  ...{ cancel: 'stop', end: 'stop', kill: 'stop', prolong: 'extend', reject: 'deny', report: 'digest' },
};
/** A line to copy must fit a screen. */
const longestLine = 120;

/**
 * The verb that a word is.
 * @param before what stands before it in a line to copy: `help ` where it is asked about
 * @param rest the words behind it
 * @throws CaptureError `bad_request` for any other word, with the line that was most likely meant
 */
export function findForm(word: string, door: Door, { before = '', rest = [] as readonly string[] } = {}): Form {
  const verbs = Object.keys(grammar) as Verb[];
  const verb = verbs.find((known) => known === word.toLowerCase());
  const here = formsAt(door);
  if (verb !== undefined && here.includes(grammar[verb])) return grammar[verb];
  if (verb !== undefined) refuse(`${verb} is not for Slack: type capture ${verb} in a shell on the sensor`);
  const names = here.map((form) => form.verb);
  const meant = meantBy(word, names);
  if (meant === undefined) refuse(`there is no verb ${typed(word)}: write one of ${names.join(', ')}`);
  const line = [`${commandName(door)} ${before}${meant}`, ...rest.map(quoteWord)].join(' ');
  const short = line.length > longestLine ? `${commandName(door)} ${before}${meant}` : line;
  return refuse(`there is no verb ${typed(word)}: did you mean ${short}?`);
}

function meantBy(word: string, names: readonly Verb[]): string | undefined {
  if (/^c\d{1,15}$/i.test(word)) return `show ${word.toLowerCase()}`;
  const other = word.toLowerCase();
  return Object.hasOwn(alsoCalled, other) ? alsoCalled[other] : nearest(word, names);
}
