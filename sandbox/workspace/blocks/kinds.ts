import { eitherText, image, plain } from './composition.ts';
import { accessory, actionElement, inputElement } from './elements.ts';
import { richTextShape } from './rich-text.ts';
import { byType, type Check, flag, listOf, mistake, oneOf, shape, withRule, words } from './shape.ts';

/** Where blocks are shown. */
export type Surface = 'message' | 'modal' | 'home';

/** A kind of block: what it looks like, where it may stand, and whether it is still being rolled out. */
export type Kind = { check: Check; surfaces: readonly Surface[]; isNew: boolean };

const everywhere = ['message', 'modal', 'home'] as const;
const named = { block_id: words(255) };

const section = withRule(
  shape({}, { ...named, text: eitherText(3000), fields: listOf(eitherText(2000), 10), accessory, expand: flag }),
  (block, at) => {
    if (block.text !== undefined || block.fields !== undefined) return [];
    return [mistake('missing required field: text or fields', at)];
  },
);

const contextElement = (value: unknown, at: string): string[] => {
  const isImage = typeof value === 'object' && value !== null && 'type' in value && value.type === 'image';
  return isImage ? byType({ image: image({}) })(value, at) : eitherText(3000)(value, at);
};

const richText = byType({ rich_text: richTextShape });
const taskCard = shape(
  { task_id: words(255), title: words(3000), status: oneOf('pending', 'in_progress', 'complete', 'error') },
  {
    ...named,
    details: richText,
    output: richText,
    sources: listOf(byType({ url: shape({ url: words(3000), text: words(3000) }) }), 100, 0),
  },
);

const cell = byType({
  raw_text: shape({ text: words(10_000) }),
  raw_number: shape({ value: anyNumber, text: words(10_000) }),
  rich_text: richTextShape,
});

const table = shape(
  { rows: listOf(listOf(cell, 20), 100) },
  {
    ...named,
    column_settings: listOf(shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag }), 20, 0),
  },
);

const input = shape(
  { label: plain(2000), element: inputElement },
  { ...named, hint: plain(2000), optional: flag, dispatch_action: flag },
);

/** Every block that the workspace knows; any other is refused. Limits: SLACK.md section 4 and docs.slack.dev/reference/block-kit. */
export const kinds: Readonly<Record<string, Kind>> = {
  section: old(section),
  header: old(shape({ text: plain(150) }, named)),
  divider: old(shape({}, named)),
  image: old(image({ ...named, title: plain(2000) })),
  context: old(shape({ elements: listOf(contextElement, 10) }, named)),
  actions: old(shape({ elements: listOf(actionElement, 25) }, named)),
  input: old(input),
  rich_text: old(richTextShape),
  markdown: { check: shape({ text: words(12_000) }, named), surfaces: ['message'], isNew: false },
  table: { check: table, surfaces: ['message'], isNew: false },
  task_card: { check: taskCard, surfaces: ['message'], isNew: true },
  plan: {
    check: shape({ title: words(3000) }, { ...named, tasks: listOf(byType({ task_card: taskCard }), 100, 0) }),
    surfaces: ['message'],
    isNew: true,
  },
  alert: {
    check: shape(
      { text: eitherText(3000) },
      { ...named, level: oneOf('default', 'info', 'warning', 'error', 'success') },
    ),
    surfaces: ['modal'],
    isNew: true,
  },
};

function old(check: Check): Kind {
  return { check, surfaces: everywhere, isNew: false };
}

function anyNumber(value: unknown, at: string): string[] {
  return typeof value === 'number' ? [] : [mistake('must be a number', at)];
}
