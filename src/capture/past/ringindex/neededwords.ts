import type { Program } from '../../bpf.ts';
import { type Loaded, placeOfWord, wordPlaces } from './facts.ts';
import type { LinkLayer } from './linklayer.ts';

/**
 * For each instruction, which words of IPv6 addresses behind so many tags it is of use to know there, a bit for each place (`placeOfWord`): a
 * later word of the same address is loaded before that one is loaded anew. What is of no use is forgotten, or lists of hosts would be
 * walked once for each host that they could have been.
 */
export function neededWords(program: Program, tags: number, layer: LinkLayer): Uint16Array {
  const needed = new Uint16Array(program.length + 1);
  for (let at = program.length - 1; at >= 0; at -= 1) {
    const { code = 0, jt = 0, jf = 0, k = 0 } = program[at] ?? {};
    const behind = (skip: number): number => needed[at + 1 + skip] ?? 0;
    let bits = 0;
    if ((code & 0x07) !== 0x05) bits = (code & 0x07) === 0x06 ? 0 : behind(0);
    else bits = (code & 0xf0) === 0x00 ? behind(k) : behind(jt) | behind(jf);
    const place = code === 0x20 ? placeOfWord(k, layer) : undefined;
    if (place !== undefined) bits = (bits & ~(1 << place)) | wordsBefore(place, tags);
    needed[at] = bits;
  }
  return needed;
}

/** The words before a loaded one in the same address: what is in the accumulator is still to be compared. */
export function wordsBeforeLoaded(loaded: Loaded | undefined, tags: number, layer: LinkLayer): number {
  if (loaded?.bytes !== 4 || loaded.behind !== undefined) return 0;
  const place = placeOfWord(loaded.offset, layer);
  return place === undefined ? 0 : wordsBefore(place, tags);
}

function wordsBefore(place: number, tags: number): number {
  const word = place - tags;
  if (word < 0 || word >= wordPlaces - 2) return 0;
  const first = place - (word % 4);
  return (1 << place) - (1 << first);
}
