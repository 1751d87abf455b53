import type { Verb } from './command.ts';
import { takesNextWord } from './grammar.ts';
import { refuse, typed } from './refuse.ts';

/** The verbs that flags of the original name; without one of them a capture starts. */
export const verbOf: Readonly<Record<string, Verb>> = {
  r: 'search',
  R: 'both',
  l: 'list',
  s: 'stop',
  m: 'verify',
  h: 'help',
  '?': 'help',
};

/**
 * The flags of the original script, bundled as people type them, as words that begin with a verb: `-ra grant -d X -e Y` becomes
 * `search -a grant -d X -e Y`; without a flag that names a verb it is a start.
 * @throws CaptureError `bad_request` for flags that name two verbs
 */
export function fromOriginal(words: readonly string[]): readonly [Verb, ...string[]] {
  const verbs = new Set<Verb>();
  const rest: string[] = [];
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!/^-(-?[A-Za-z]|\?)/.test(word)) break;
    const kept = word === '--help' ? note(verbs, '-h') : note(verbs, word);
    if (kept !== null) rest.push(kept);
    const value = words[at + 1];
    if (takesNextWord(word) && value !== undefined) {
      rest.push(value);
      at += 1;
    }
  }
  const [verb = 'start', second] = verbs;
  if (second !== undefined) refuse(`these flags ask for ${verb} and ${second} at once: give one order at a time`);
  // The original's -m made digests; where there are some, they are verified.
  if (verb === 'verify') rest.unshift('--hash');
  return [verb, ...(verb === 'help' ? [] : [...rest, ...words.slice(at)])];
}

/** Notes the verbs that a word's flags name, and gives the word back without them; null when nothing is left. */
function note(verbs: Set<Verb>, word: string): string | null {
  if (!/^-[A-Za-z?]+$/.test(word)) return word;
  const early = [...word.slice(1, -1)].find((letter) => takesNextWord(`-${letter}`));
  if (early !== undefined)
    refuse(`in ${typed(word)} the value of -${early} must be a word of its own: put ${early} last`);
  const verbOfFlag = (flag: string) => (Object.hasOwn(verbOf, flag) ? verbOf[flag] : undefined);
  const left = [...word.slice(1)]
    .filter((flag) => {
      const verb = verbOfFlag(flag);
      if (verb !== undefined) verbs.add(verb);
      return verb === undefined;
    })
    .join('');
  return left === '' ? null : `-${left}`;
}
