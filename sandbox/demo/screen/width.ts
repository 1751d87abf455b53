const graphemes = new Intl.Segmenter();

/** How many columns a text takes on a terminal: an emoji takes two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += /\p{Emoji_Presentation}|\uFE0F/u.test(segment) ? 2 : 1;
  }
  return width;
}

/** A line broken at its blanks so that it fits; what follows stands as far in as the line itself. A long word stays whole, to be copied. */
export function wrapped(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line];
  const indent = /^\s*/.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.trim().split(/ (?=\S)/)) {
    const longer = current === '' ? indent + word : `${current} ${word}`;
    if (current !== '' && widthOf(longer) > width) {
      lines.push(current);
      current = indent + word;
    } else current = longer;
  }
  return [...lines, current].map((each) => each.trimEnd());
}
