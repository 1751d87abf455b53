import { formsAt } from '../../../src/command/grammar.ts';
import { splitWords } from '../../../src/command/words.ts';
import { people } from '../seat.ts';

/** What a line at the prompt asks for. */
export type Asked =
  | { what: 'slash'; line: string }
  | { what: 'mention'; line: string; thread: string | undefined }
  | { what: 'shell'; words: string[] }
  | { what: 'press'; named: string }
  | { what: 'as'; name: (typeof people)[number] }
  | { what: 'channel'; name: string | undefined }
  | { what: 'thread'; id: string | undefined }
  | Alone<Single>
  | Alone<'nothing'>
  | { what: 'unknown'; why: string };

/** Words that stand alone; each a case of its own, to be told apart. */
type Single = (typeof singles)[number];
type Alone<Words> = Words extends string ? { what: Words } : never;
const singles = ['where', 'kill', 'restart', 'help', 'quit'] as const;

/** Reads a line: what begins with `/` or with the app's name is for Slack, with `capture` for the shell, a number for a button, all else for the prompt itself. */
export function readLine(typed: string): Asked {
  const line = typed.trim();
  if (line === '') return { what: 'nothing' };
  if (line.startsWith('/')) return { what: 'slash', line };
  const [, thread, mention] = /^(?:thread\s+(\S+)\s+)?(@capture\b.*)$/is.exec(line) ?? [];
  if (mention !== undefined) return { what: 'mention', line: mention, thread };
  const [verb = '', ...rest] = line.split(/\s+/);
  const name = rest.join(' ') || undefined;
  switch (verb.toLowerCase()) {
    case 'capture':
    case 'bin/capture':
      return { what: 'shell', words: splitWords(line).slice(1) };
    case 'press':
      return name === undefined ? unknown('press what? press Stop, or the number before a button') : pressOf(name);
    case 'as':
      return asOf(name);
    case 'channel':
      return { what: 'channel', name };
    case 'thread':
      return { what: 'thread', id: name };
    case 'exit':
      return { what: 'quit' };
    default:
      return /^\d+$/.test(line) ? pressOf(line) : singleOf(verb);
  }
}

/** What Tab makes of the beginning of a line. */
export function completions(typed: string): string[] {
  const lines = [
    ...formsAt('slack').map(({ verb }) => `/capture ${verb} `),
    ...formsAt('shell').map(({ verb }) => `capture ${verb} `),
    ...people.map((name) => `as ${name}`),
    ...['press ', 'thread ', 'channel '],
    ...singles,
  ];
  return lines.filter((line) => line.startsWith(typed));
}

function singleOf(verb: string): Asked {
  const found = singles.find((each) => each === verb.toLowerCase());
  return found ? { what: found } : unknown(`${verb} means nothing here: begin with /capture, or type help`);
}

function pressOf(named: string): Asked {
  return { what: 'press', named };
}

function asOf(name: string | undefined): Asked {
  const found = people.find((each) => each === name);
  return found ? { what: 'as', name: found } : unknown(`be whom? ${people.map((each) => `as ${each}`).join(', ')}`);
}

function unknown(why: string): Asked {
  return { what: 'unknown', why };
}
