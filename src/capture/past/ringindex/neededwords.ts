import type { Program } from '../../bpf.ts';
import { placeOfWord } from './facts.ts';
import type { LinkLayer } from './linklayer.ts';

/**
 * For each instruction, which words of IPv6 addresses it is of use to know there, a bit for each place (`placeOfWord`): a later word of the
 * same address is loaded before that one is loaded anew. What is of no use is forgotten, or lists of hosts would be walked once for each
 * host that they could have been.
 */
export function neededWords(program: Program, layer: LinkLayer): Uint16Array {
  const needed = new Uint16Array(program.length + 1);
  for (let at = program.length - 1; at >= 0; at -= 1) {
    const { code = 0, jt = 0, jf = 0, k = 0 } = program[at] ?? {};
    const behind = (skip: number): number => needed[at + 1 + skip] ?? 0;
    let bits = 0;
    if ((code & 0x07) !== 0x05) bits = (code & 0x07) === 0x06 ? 0 : behind(0);
    else bits = (code & 0xf0) === 0x00 ? behind(k) : behind(jt) | behind(jf);
    const place = code === 0x20 ? placeOfWord(k, layer) : undefined;
    if (place !== undefined) {
      const bit = 1 << place;
      bits = (bits & ~bit) | (bit >> 1) | (bit >> 2) | (bit >> 3);
    }
    needed[at] = bits;
  }
  return needed;
}
