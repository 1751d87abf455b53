/**
 * Words a person typed, on one line: white space becomes single spaces, and characters that hide or turn text around are
 * written out as `‹U+202E›` (Unicode TR 36, section 3, on what unseen characters can do to a reader).
 */
export function oneLine(words: string): string {
  return visible(words.replaceAll(/\s+/gu, ' ').trim());
}

/** The same with line ends kept, for a tool's output; at most one empty line in a row. */
export function manyLines(words: string): string {
  const lines = words
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map((line) => visible(line.replaceAll(/\s+$|\t/gu, ' ').trimEnd()));
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}

/** At most so many UTF-16 units, never half a code point; what is cut off shows as `…`. */
export function clip(words: string, longest: number): string {
  return words.length <= longest ? words : `${words.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Words in which characters that hide or turn text around are written as `write` has it. */
export function withoutUnseen(words: string, write: (character: string, at: number) => string): string {
  // To make what finds the unseen takes longer than a list's lines: it is made where there is something to find.
  if (/^[ -~]*$/.test(words)) return words;
  // Controls, direction overrides, joiners, fillers, tags and lone surrogates.
  const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  return words.replaceAll(unseen, write);
}

function visible(words: string): string {
  return withoutUnseen(words, (character, at) => {
    if (shapesAnEmoji(character, words, at)) return character;
    const point = character.codePointAt(0) ?? 0;
    return `‹U+${point.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}

/** A variation selector, or the joiner between two pictographs: without them an emoji falls apart. */
function shapesAnEmoji(character: string, words: string, at: number): boolean {
  if (character === '\uFE0E' || character === '\uFE0F') return true;
  if (character !== '\u200D') return false;
  return (
    /\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?$/u.test(words.slice(Math.max(0, at - 4), at)) &&
    /^\p{Extended_Pictographic}/u.test(words.slice(at + 1, at + 3))
  );
}
