const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** NBSP and its kin, and the zero-width ones; a joiner inside an emoji (a family, a flag) is left alone. */
const spaces =
  /[\u00a0\u1680\u2000-\u200b\u200c\u202f\u205f\u2060\u3000\ufeff]|(?<!\p{Extended_Pictographic}|\p{EMod}|\ufe0f)\u200d/gu;
/** An escaped sign, a quoted text, or a dash that phones make of hyphens, glued to a word at the start of a token. */
const dashes = /\\.|'[^']*'|"(?:\\.|[^"\\])*"|(?<=^|\s)[–—―−]+(?=([A-Za-z?]+))/gs;
const links = /<(?:(@[UW]|#[CG])([A-Z0-9]+)|(?:https?:\/\/|mailto:|tel:)[^<>|]*)(?:\|([^<>]*))?>/g;

/**
 * Slack text as a person meant it (SLACK.md 2): composed (NFC), straight quotes, `—case` as `--case` and `–d` as `-d`, plain spaces, links and
 * mentions as what they show or name, no bidirectional overrides; `&lt; &gt; &amp;` decoded last and once. Never throws.
 */
export function forgivePhone(text: string): string {
  return decodeOnce(plainText(text).replaceAll(dashes, hyphens).replaceAll(links, shown));
}

/** Slack text as it was typed, as far as Slack still tells: links and mentions as `forgivePhone` has them, and nothing escaped. Never throws. */
export function typedText(text: string): string {
  return decodeOnce(text.replaceAll(links, shown));
}

/** The same without what Slack makes of words and dashes: composed, straight quotes, plain spaces, no bidirectional overrides. */
export function plainText(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(bidi, '')
    .replaceAll(spaces, ' ')
    .replaceAll(/[‘’‚‛]/g, "'")
    .replaceAll(/[“”„‟]/g, '"');
}

function hyphens(found: string, letters: string | undefined, at: number, whole: string): string {
  if (letters === undefined) return found;
  // The original's flags come bundled and first: `–lf grant`.
  const bundle = whole.slice(0, at).trim() === '' && /^[rRlsmvhadef?]+$/.test(letters);
  return letters.length === 1 || bundle ? '-' : '--';
}

function shown(link: string, kind: string | undefined, id: string | undefined, label: string | undefined): string {
  if (kind !== undefined && id !== undefined) return kind.slice(1) + id;
  return label ?? link.slice(1, -1).replace(/^(mailto|tel):/, '');
}

function decodeOnce(text: string): string {
  const signs: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  return text.replaceAll(/&(?:lt|gt|amp);/g, (entity) => signs[entity] ?? entity);
}
