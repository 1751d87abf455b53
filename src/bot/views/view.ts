import type {
  ActionsBlock,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
  RichTextList,
  RichTextSection,
} from '@slack/types';
import { clip } from '../../reports/words.ts';

/** A message as Slack takes it: `text` for notifications and screen readers, escaped mrkdwn; `blocks` for everybody else. */
export interface View {
  readonly text: string;
  readonly blocks: KnownBlock[];
  /** The same in older blocks, where `blocks` has some that Slack is still rolling out. */
  readonly fallback?: KnownBlock[];
  /** What the button Share carries, under an answer that one person sees and may show everybody. */
  readonly share?: string;
}

/** One line of rich text. */
export type Row = readonly RichTextElement[];

export function header(words: string): HeaderBlock {
  return { type: 'header', text: plain(words, 150) };
}

/** Rich text, one row under the other. Line ends are written out: phones join neighbouring sections. */
export function rows(...lines: readonly Row[]): RichTextBlock {
  return { type: 'rich_text', elements: [section(lines)] };
}

/** A title row and a bulleted list, each item as `asRow` writes it; items beyond `longest` are counted in a last one. */
export function bulleted<Item>(
  title: Row,
  items: readonly Item[],
  longest: number,
  asRow: (item: Item) => Row,
): RichTextBlock {
  const shown = items.slice(0, longest).map((item) => section([asRow(item)]));
  const hidden = items.length - shown.length;
  if (hidden > 0) shown.push(section([[{ type: 'text', text: `and ${hidden} more`, style: { italic: true } }]]));
  const list: RichTextList = { type: 'rich_text_list', style: 'bullet', elements: shown };
  return { type: 'rich_text', elements: [section([title]), list] };
}

/** Small grey text: at most 10 elements (SLACK.md 4). */
export function context(...elements: (PlainTextElement | MrkdwnElement)[]): ContextBlock {
  return { type: 'context', elements: elements.slice(0, 10) };
}

/** Plain text: Slack parses nothing in it, not even `:emoji:`. */
export function plain(words: string, longest = 1000): PlainTextElement {
  return { type: 'plain_text', text: clip(words, longest) || '—', emoji: false };
}

export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text };
}

export function actions(...buttons: Button[]): ActionsBlock {
  return { type: 'actions', elements: buttons };
}

function section(lines: readonly Row[]): RichTextSection {
  const elements = lines.flatMap((line, at): RichTextElement[] =>
    at === 0 ? [...line] : [{ type: 'text', text: '\n' }, ...line],
  );
  return {
    type: 'rich_text_section',
    elements: elements.filter((element) => element.type !== 'text' || element.text !== ''),
  };
}
