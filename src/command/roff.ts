/** Signs that groff would take for an escape, or print as a typographer's, so that a copied line would not run (groff_char(7)). */
const escapes: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** A text that groff prints as it is, in any place of a line and inside the quotes of a macro's argument. */
export function roff(text: string): string {
  const escaped = text
    .replace(/\s+/g, ' ')
    .replace(/[\\'"`^~-]|[^\x20-\x7e]/gu, (sign) => escapes[sign] ?? `\\[u${codePoint(sign)}]`);
  // A leading dot is a macro; a leading quote, the other one, is escaped already.
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

/** To be typed as it stands. */
export function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

/** To be replaced by what it names. */
export function italic(text: string): string {
  return `\\fI${roff(text)}\\fR`;
}

export function section(title: string, lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines];
}

/** A paragraph under its term, both roff already. */
export function entry(term: string, text: string): string[] {
  return ['.TP', term, text];
}

/** Paragraphs of plain text. */
export function paragraphs(...texts: readonly string[]): string[] {
  return texts.flatMap((text) => ['.PP', roff(text)]);
}

/** Lines to copy, as they stand. */
export function linesToCopy(lines: readonly string[]): string[] {
  return ['.PP', '.RS 4', '.EX', ...lines.map(roff), '.EE', '.RE'];
}

function codePoint(sign: string): string {
  return (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
