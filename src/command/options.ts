import type { Door } from './command.ts';
import type { Form, Option, OptionName } from './form.ts';
import { commandName, doorWords, optionsOf } from './grammar.ts';
import { nearest } from './nearest.ts';
import { refuse, typed } from './refuse.ts';
import { isTimeOfTwoWords } from './time.ts';

/** The words after a verb, told apart: options with their values (`''` where they take none), and the words that are no option. */
export interface Said {
  readonly options: ReadonlyMap<OptionName, string>;
  readonly tail: readonly string[];
}

type Given = readonly [option: Option, value: string];

/**
 * Tells the options among a verb's words from its tail. Options may stand before and behind the tail, since no word of a pcap-filter
 * expression looks like one; all after `--` is tail.
 * @throws CaptureError `bad_request` for an unknown option, one without its value, and one given twice
 */
export function readWords(words: readonly string[], form: Form, door: Door): Said {
  const options = new Map<OptionName, string>();
  const tail: string[] = [];
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? '';
    if (word === '--') {
      tail.push(...words.slice(at + 1));
      break;
    }
    const colons = door === 'slack' && tail.length === 0;
    const found =
      dashed(words, at, { form, door }) ?? assigned(word, { form, door }, { colons, slips: tail.length === 0 });
    if (found === null) tail.push(word);
    for (const [option, value] of found?.given ?? []) put(options, option, value);
    at += found?.words ?? 1;
  }
  return { options, tail };
}

function put(options: Map<OptionName, string>, option: Option, value: string): void {
  if (options.has(option.name)) refuse(`${spelled(option)} is there twice: leave one of them out`);
  if (option.value !== null && value.trim() === '')
    refuse(`${spelled(option)} is empty: write ${spelled(option)} ${option.value}`);
  options.set(option.name, value);
}

/** `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-vf VALUE`; null is a word that is no option. */
function dashed(
  words: readonly string[],
  at: number,
  where: { form: Form; door: Door },
): { given: Given[]; words: number } | null {
  const word = words[at] ?? '';
  const options = optionsOf(where.form, where.door);
  const [, long, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) {
    const option = options.find(({ name }) => name === long.toLowerCase()) ?? unknown(`--${long}`, where);
    if (inline === undefined) return withValue([option], { words, at, options });
    if (option.value === null) refuse(`--${option.name} takes no value: leave '=' and what follows it out`);
    return { given: [[option, inline]], words: 1 };
  }
  if (!/^-[A-Za-z?]/.test(word)) return null;
  const letters = [...word.slice(1)].map(
    (letter) => options.find((option) => option.letter === (letter === '?' ? 'h' : letter)) ?? unknown(word, where),
  );
  const early = letters.slice(0, -1).find(({ value }) => value !== null);
  if (early !== undefined)
    refuse(
      `in ${typed(word)} the value of -${early.letter} must be a word of its own: -${early.letter} ${early.value}`,
    );
  return withValue(letters, { words, at, options });
}

/** Options of one word, of which the last may take the next word, or two, as its value. */
function withValue(
  bundle: readonly Option[],
  { words, at, options }: { words: readonly string[]; at: number; options: readonly Option[] },
): { given: Given[]; words: number } {
  const given = bundle.map((option): Given => [option, '']);
  const option = bundle.at(-1);
  if (option === undefined || option.value === null) return { given, words: 1 };
  const value = words[at + 1];
  if (value === undefined) refuse(`${spelled(option)} has no value: write ${spelled(option)} ${option.value}`);
  if (looksLikeOption(value, options)) {
    refuse(
      `${spelled(option)} has no value, ${value} follows it: if that is the value, write --${option.name}=${value}`,
    );
  }
  const second = words[at + 2];
  const two = option.value === 'TIME' && second !== undefined && isTimeOfTwoWords(value, second);
  return { given: [...given.slice(0, -1), [option, two ? `${value} ${second}` : value]], words: two ? 3 : 2 };
}

/** `name=VALUE`, and `name:VALUE` where colons are taken; null is a word that is no option. */
function assigned(
  word: string,
  where: { form: Form; door: Door },
  take: { colons: boolean; slips: boolean },
): { given: Given[]; words: number } | null {
  const [, key = '', sign, value = ''] = /^([a-z][a-z-]*)([=:])(.*)$/is.exec(word) ?? [];
  // An expression has colons of its own (IPv6, MAC), and `==` is a comparison.
  if (sign === undefined || (sign === ':' && !take.colons) || value.startsWith('=')) return null;
  const valued = optionsOf(where.form, where.door).filter((option) => option.value !== null);
  const option = valued.find(({ name }) => name === key.toLowerCase());
  if (option !== undefined) return { given: [[option, value]], words: 1 };
  const meant =
    sign === '=' &&
    take.slips &&
    nearest(
      key,
      valued.map(({ name }) => name),
    );
  return meant ? refuse(`${where.form.verb} has no option ${typed(`${key}=`)}: did you mean ${meant}=?`) : null;
}

/** A value that is spelled like an option is a forgotten value far more often than a text. */
function looksLikeOption(word: string, options: readonly Option[]): boolean {
  const spellings = options.flatMap(({ name, letter }) => [`--${name}`, `-${letter}`]);
  return ['--', ...doorWords, ...spellings].includes(word);
}

function unknown(word: string, { form, door }: { form: Form; door: Door }): never {
  const elsewhere = form.options.find(({ name }) => word.toLowerCase() === `--${name}`);
  if (elsewhere !== undefined)
    refuse(`${form.verb} takes --${elsewhere.name} only in a shell on the sensor: type capture ${form.verb} there`);
  if (word.toLowerCase() === '--hosts' && isLive(form)) refuse(noHostsLive(form));
  const names = optionsOf(form, door).map(({ name }) => name);
  const meant = word.startsWith('--') ? nearest(word.slice(2), names) : undefined;
  const hint = meant === undefined ? `${commandName(door)} help ${form.verb} shows them` : `did you mean --${meant}?`;
  const expression = form.tail === 'EXPRESSION' ? ' (if it belongs to the expression, put that behind --)' : '';
  refuse(`${form.verb} has no option ${typed(word)}: ${hint}${expression}`);
}

function isLive({ verb }: Form): boolean {
  return verb === 'start' || verb === 'both';
}

/** BPF_MAXINSNS of Linux. */
function noHostsLive({ verb }: Form): string {
  return `${verb} takes no --hosts: a live capture is filtered in the kernel, and its filters hold 4096 instructions at most. Name a few hosts in -e, or look for the whole list in the ring: capture search --hosts FILE`;
}

function spelled(option: Option): string {
  return option.letter === null ? `--${option.name}` : `-${option.letter}`;
}
