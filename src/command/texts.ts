import type { Door, Setting } from './command.ts';
import type { Form } from './form.ts';
import { commandName } from './grammar.ts';
import type { Said } from './options.ts';
import { refuse, typed } from './refuse.ts';
import { quoteWord } from './words.ts';

/** What every order to capture must say. */
export interface Texts {
  readonly description: string;
  readonly expression: string;
}

/**
 * The description and the expression, which is the tail where there is no `-e`; both as typed.
 * @throws CaptureError `bad_request` naming what is missing, with a line to copy that keeps what was typed
 */
export function readTexts(said: Said, form: Form, door: Door): Texts {
  const description = said.options.get('description');
  const tail = said.tail.join(' ');
  const option = said.options.get('expression');
  if (option !== undefined && tail !== '') {
    refuse(`the expression is there twice, as -e and as ${typed(tail)}: put all of it into -e '...'`);
  }
  // A list of hosts is enough of an expression.
  const expression = option ?? (tail === '' && said.options.has('hosts') ? 'everything' : tail);
  if (description !== undefined && expression.trim() !== '') return { description, expression };
  return refuse(missing({ description, expression: expression.trim() === '' ? undefined : expression }, form, door));
}

/** @throws CaptureError `bad_request`, always, with a line to copy that keeps what was typed */
export function missingOfPin(description: string | undefined, { door }: Pick<Setting, 'door'>): never {
  const what = description === undefined ? 'a description (why they are kept)' : 'a beginning (--since)';
  const line = `${commandName(door)} pin -d ${quoteWord(short(description) ?? 'open incident')} --since 6h`;
  return refuse(`pin needs ${what}: write ${line}; ${commandName(door)} pin alone lists what is pinned`);
}

function missing(texts: { description: string | undefined; expression: string | undefined }, form: Form, door: Door) {
  const line = [
    `${commandName(door)} ${form.verb}`,
    `-d ${quoteWord(short(texts.description) ?? 'traffic to shop')}`,
    `-e ${quoteWord(short(texts.expression) ?? 'host 192.0.2.7')}`,
  ].join(' ');
  const what = [
    ...(texts.description === undefined ? ['a description (why it is captured)'] : []),
    ...(texts.expression === undefined ? ['an expression (what is captured; all of it is the word everything)'] : []),
  ].join(' and ');
  return `${form.verb} needs ${what}: write ${line}`;
}

/** A line to copy must fit a screen: what is too long for it is stood in for by the example. */
function short(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= 200 && !text.startsWith('-') ? text : undefined;
}
