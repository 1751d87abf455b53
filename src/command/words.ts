import { CaptureError } from '../capture/errors.ts';

const curlyOf: Readonly<Record<'single' | 'double', string>> = { single: '‘’‚‛', double: '“”„‟' };

/** What closes a quote: a straight one its own sign, a curly one any sign of its kind, since phones mix them. */
function closers(opener: string): string {
  if (curlyOf.single.includes(opener)) return `'${curlyOf.single}`;
  if (curlyOf.double.includes(opener)) return `"${curlyOf.double}`;
  return opener;
}

/**
 * Words as a shell would split them: quotes keep spaces together, a backslash outside quotes keeps the next character, inside double
 * quotes only `" \ $ ` and the backtick, inside single quotes none. Nothing else is special: `$(id)`, `;`, `*` and `<` are letters like any
 * other (POSIX.1-2024, Shell Command Language 2.2).
 * @throws CaptureError `bad_request` when a quote is not closed
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < text.length) {
    const sign = text.charAt(at);
    if (/\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
    } else if (isQuote(sign)) {
      const quoted = readQuoted(text, at);
      word = (word ?? '') + quoted.value;
      at = quoted.after;
    } else if (sign === '\\' && at + 1 < text.length) {
      // A backslash before the end of a line joins the lines.
      word = (word ?? '') + (text[at + 1] === '\n' ? '' : text.charAt(at + 1));
      at += 2;
    } else {
      word = (word ?? '') + sign;
      at += 1;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

/** A word so that `splitWords`, and any POSIX shell, gives it back unchanged. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_.,:=@%+/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function isQuote(sign: string): boolean {
  return `'"${curlyOf.single}${curlyOf.double}`.includes(sign);
}

function readQuoted(text: string, from: number): { value: string; after: number } {
  const opener = text.charAt(from);
  const closing = closers(opener);
  const escapes = closing.includes('"');
  let value = '';
  for (let at = from + 1; at < text.length; at++) {
    const sign = text.charAt(at);
    if (closing.includes(sign)) return { value, after: at + 1 };
    const next = text.charAt(at + 1);
    if (escapes && sign === '\\' && next !== '' && `${closing}\\$\`\n`.includes(next)) {
      value += next === '\n' ? '' : next;
      at += 1;
    } else {
      value += sign;
    }
  }
  throw new CaptureError(
    'bad_request',
    `the quote ${opener} is not closed: add one at the end of the text it belongs to; an apostrophe goes inside double quotes, -d "grant's host"`,
  );
}
