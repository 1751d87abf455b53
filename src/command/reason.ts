import { splitWords } from './words.ts';

/**
 * The words of a line that a person typed to the bot. The reason of a denial is a sentence: it is one word, with its apostrophes, unless it
 * begins as a quoted text or an option does.
 * @throws CaptureError as `splitWords`
 */
export function wordsSaid(text: string): string[] {
  const [, verb, rest] = /^\s*(deny)\s+(.*)$/is.exec(text.trimEnd()) ?? [];
  if (verb === undefined || rest === undefined) return splitWords(text);
  const [, id, behind] = /^([a-z]?\d+)\s+(.*)$/is.exec(rest) ?? [];
  const reason = behind ?? rest;
  return /^['"-]/.test(reason) ? splitWords(text) : [verb, ...(id === undefined ? [] : [id]), reason];
}
