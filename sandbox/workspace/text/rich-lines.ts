import { objectsIn, textIn, type Wire } from '../wire.ts';
import { emojiText } from './emoji.ts';
import type { Names } from './mrkdwn.ts';

/** The lines of a rich_text block: what was typed, exactly as typed. */
export function richLines(block: Wire, names: Names): string[] {
  return objectsIn(block, 'elements').flatMap((part) => {
    if (part.type === 'rich_text_list') return listLines(part, names);
    const lines = inlineText(part, names).replace(/\n$/, '').split('\n');
    if (part.type === 'rich_text_quote') return lines.map((line) => `> ${line}`);
    return lines;
  });
}

/** The words of one section, quote or preformatted part. */
export function inlineText(part: Wire, names: Names): string {
  return objectsIn(part, 'elements')
    .map((each) => inline(each, names))
    .join('');
}

function listLines(list: Wire, names: Names): string[] {
  const indent = '  '.repeat(typeof list.indent === 'number' ? list.indent : 0);
  return objectsIn(list, 'elements').map((section, index) => {
    const mark = list.style === 'ordered' ? `${index + 1}.` : '•';
    return `${indent}${mark} ${inlineText(section, names)}`;
  });
}

function inline(element: Wire, names: Names): string {
  switch (element.type) {
    case 'text':
      return String(element.text);
    case 'link':
      return textIn(element, 'text') ?? String(element.url);
    case 'emoji':
      return emojiText(`:${String(element.name)}:`);
    case 'user':
      return `@${names(String(element.user_id))}`;
    case 'usergroup':
      return `@${names(String(element.usergroup_id))}`;
    case 'channel':
      return `#${names(String(element.channel_id))}`;
    case 'broadcast':
      return `@${String(element.range)}`;
    case 'date':
      return textIn(element, 'fallback') ?? new Date(Number(element.timestamp) * 1000).toISOString();
    default:
      return `[${String(element.type)}]`;
  }
}
