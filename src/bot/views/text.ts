import type { RichTextDate, RichTextText } from '@slack/types';
import type { Millis } from '../../capture/capture.ts';
import { utc } from '../../reports/figures.ts';
import { clip, manyLines, oneLine } from '../../reports/words.ts';

const dateFormat = '{date_short_pretty} {time_secs}';

/**
 * Words a person or a tool wrote, as rich text: Slack parses nothing in it, so `<!channel>`, mentions and links stay words.
 * One line, unseen characters written out, at most `longest` UTF-16 units.
 */
export function typed(words: string, longest: number, style?: RichTextText['style']): RichTextText {
  return said(line(words, longest) || '—', style);
}

/** The same with line ends kept, for a tool's words. */
export function typedLines(words: string, longest: number): RichTextText {
  return said(clip(manyLines(clip(words, 4 * longest)), longest) || '—');
}

/** Our own words as rich text. */
export function said(words: string, style?: RichTextText['style']): RichTextText {
  return style === undefined ? { type: 'text', text: words } : { type: 'text', text: words, style };
}

export function bold(words: string): RichTextText {
  return said(words, { bold: true });
}

export function code(words: string, longest: number): RichTextText {
  return typed(words, longest, { code: true });
}

/** A person's words on one line, of at most `longest` UTF-16 units. */
export function line(words: string, longest: number): string {
  // Clipped before, too: writing out what is unseen in a megabyte would hold up everybody else.
  return clip(oneLine(clip(words, 4 * longest)), longest);
}

/** The same for the mrkdwn of a message's `text`: escaped (Slack asks for exactly these three), and clipped as escaped. */
export function escaped(words: string, longest: number): string {
  const entities = line(words, longest).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (entities.length <= longest) return entities;
  return `${entities.slice(0, longest - 1).replace(/&[a-z]*$|[\uD800-\uDBFF]$/, '')}…`;
}

/** A moment in the reader's own zone for mrkdwn, with literal UTC where a client cannot. */
export function slackDate(at: Millis): string {
  return tellable(at) ? `<!date^${Math.floor(at / 1000)}^${dateFormat}|${utc(at)}>` : utc(at);
}

/** The same as rich text. */
export function richDate(at: Millis): RichTextDate | RichTextText {
  if (!tellable(at)) return said(utc(at));
  return { type: 'date', timestamp: Math.floor(at / 1000), format: dateFormat, fallback: utc(at) };
}

/** Slack takes whole seconds since the epoch, and no year beyond 9999. */
function tellable(at: Millis): boolean {
  return at >= 0 && at < 253_402_300_800_000;
}
