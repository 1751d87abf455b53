import { blockLines, type Names } from './text/block-lines.ts';
import { mrkdwnText } from './text/mrkdwn.ts';
import { type Block, isWire, textIn, type Wire } from './wire.ts';

/** What can be read on a screen: a message, an ephemeral, a view, or any object with text and blocks. */
export type Readable = { text?: string; blocks?: readonly Block[]; files?: readonly string[]; definition?: Wire };

/**
 * What a person reads in a message or view, as plain text lines: blocks in their order, buttons as `[Stop]`,
 * dates from their fallback. The top-level text shows only where there are no blocks, as in Slack.
 * `names` gives the name of a user, channel or file id; without it ids are shown.
 */
export function plainText(shown: Readable, names: Names = (id) => id): string {
  const { blocks = [], text = '', files = [], definition } = shown;
  const said =
    blocks.length > 0 ? blocks.flatMap((block) => blockLines(block, names)) : mrkdwnText(text, names).split('\n');
  return [
    ...labelled(definition, 'title', (title) => `== ${title} ==`),
    ...said,
    ...files.map((id) => `[file: ${names(id)}]`),
    ...labelled(definition, 'submit', (submit) => `[${submit}]`),
  ]
    .join('\n')
    .trimEnd();
}

function labelled(definition: Wire | undefined, key: string, show: (label: string) => string): string[] {
  const part = definition?.[key];
  const label = isWire(part) ? textIn(part, 'text') : undefined;
  return label === undefined ? [] : [show(label)];
}
