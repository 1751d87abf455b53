import { isWire, textIn } from '../wire.ts';
import { emojiText } from './emoji.ts';

/** The name of a user, channel, group or file by its id. */
export type Names = (id: string) => string;

/** A plain_text or mrkdwn object as read; nothing for anything else. */
export function textObject(object: unknown, names: Names): string {
  const text = textIn(object, 'text') ?? '';
  if (!isWire(object)) return '';
  return object.type === 'mrkdwn' ? mrkdwnText(text, names) : emojiText(text);
}

/** mrkdwn as read: links by their label, mentions by name, dates by their fallback, no marks of emphasis. */
export function mrkdwnText(text: string, names: Names): string {
  const verbatim: string[] = [];
  // What stands between backticks is shown as it is, so it is put aside before the marks go.
  const keep = (words: string) => `\u0000${verbatim.push(words) - 1}\u0000`;
  const plain = text
    .replace(/```\n?([\s\S]*?)\n?```/g, (_whole, code) => keep(linksText(code, names)))
    .replace(/`([^`\n]+)`/g, (_whole, code) => keep(linksText(code, names)));
  return unescaped(
    emojiText(emphasisRemoved(linksText(plain, names))).replace(
      /\u0000(\d+)\u0000/g,
      (_whole, at) => verbatim[Number(at)] ?? '',
    ),
  );
}

function linksText(text: string, names: Names): string {
  return text.replace(/<([^<>]+)>/g, (whole, inside: string) => {
    const [target = '', label] = inside.split('|');
    if (target.startsWith('!date^')) return label ?? target;
    if (target.startsWith('!subteam^')) return label ?? `@${names(target.slice('!subteam^'.length))}`;
    if (target.startsWith('!')) return `@${target.slice(1)}`;
    if (target.startsWith('@')) return `@${label ?? names(target.slice(1))}`;
    if (target.startsWith('#')) return `#${label || names(target.slice(1))}`;
    return /^(https?|mailto):/.test(target) ? (label ?? target) : whole;
  });
}

function emphasisRemoved(text: string): string {
  return text.replace(/(?<![\w*])\*(\S[^*\n]*?)\*(?![\w*])/g, '$1').replace(/(?<![\w_])_(\S[^_\n]*?)_(?![\w_])/g, '$1');
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
