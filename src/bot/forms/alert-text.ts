/** Text of a message as a shortcut hands it over; alerts of bots often have it in blocks and attachments alone. */
export function alertText(message: object): string {
  const texts: string[] = [];
  collect(message, texts, 0);
  return [...new Set(texts)].join('\n').slice(0, 2 * most);
}

/** What reads it takes 10,000 characters. */
const most = 10_000;
const deepest = 12;
const worded = new Set(['text', 'title', 'pretext', 'fallback', 'value', 'url', 'title_link', 'from_url', 'alt_text']);
const within = new Set(['blocks', 'attachments', 'elements', 'fields', 'text', 'title', 'rows', 'accessory']);

function collect(part: unknown, texts: string[], depth: number): void {
  if (depth > deepest || typeof part !== 'object' || part === null) return;
  if (Array.isArray(part)) {
    const joined = richWords(part);
    if (joined !== null) texts.push(joined);
    else for (const each of part) collect(each, texts, depth + 1);
    return;
  }
  for (const [key, value] of Object.entries(part)) {
    if (typeof value === 'string' && worded.has(key)) texts.push(value);
    else if (within.has(key)) collect(value, texts, depth + 1);
  }
}

/** The pieces of one line of rich text belong together: an address may be bold by half. */
function richWords(parts: readonly unknown[]): string | null {
  const pieces = parts.map((part) => {
    if (typeof part !== 'object' || part === null || !('type' in part)) return null;
    if (part.type === 'text' && 'text' in part && typeof part.text === 'string') return part.text;
    if (part.type === 'link' && 'url' in part)
      return ` ${String(part.url)} ${'text' in part ? String(part.text) : ''} `;
    return null;
  });
  return pieces.length > 0 && pieces.some((piece) => piece !== null)
    ? pieces.map((piece) => piece ?? ' ').join('')
    : null;
}
