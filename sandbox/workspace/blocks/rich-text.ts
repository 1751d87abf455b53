import { byType, type Check, flag, listOf, oneOf, shape, whole, words } from './shape.ts';

const ANY_LENGTH = 40_000;
const name = words(255);
const style = { style: shape({}, { bold: flag, code: flag, italic: flag, strike: flag, underline: flag }) };
const border = { border: oneOf(0, 1) };

const text = shape({ text: words(ANY_LENGTH) }, style);
const link = shape({ url: words(3000) }, { ...style, text: words(ANY_LENGTH), unsafe: flag });

const inline: Check = byType({
  text,
  link,
  emoji: shape({ name }, { ...style, unicode: name, url: words(3000) }),
  user: shape({ user_id: name }, style),
  usergroup: shape({ usergroup_id: name }, style),
  channel: shape({ channel_id: name }, style),
  team: shape({ team_id: name }, style),
  broadcast: shape({ range: oneOf('here', 'channel', 'everyone') }, style),
  color: shape({ value: name }, style),
  date: shape(
    { timestamp: whole(0, 99_999_999_999), format: name },
    { ...style, url: words(3000), fallback: words(ANY_LENGTH) },
  ),
});

const section: Check = shape({ elements: listOf(inline, 10_000, 0) });

const list: Check = shape(
  { elements: listOf(byType({ rich_text_section: section }), 1_000), style: oneOf('bullet', 'ordered') },
  { ...border, indent: whole(0, 8), offset: whole(0, 10_000) },
);

const part: Check = byType({
  rich_text_section: section,
  rich_text_list: list,
  rich_text_quote: shape({ elements: listOf(inline, 10_000, 0) }, border),
  rich_text_preformatted: shape({ elements: listOf(byType({ text, link }), 10_000, 0) }, { ...border, language: name }),
});

/** A rich_text block without its type and block_id: sections, lists, quotes and preformatted text. */
export const richTextShape: Check = shape({ elements: listOf(part, 1_000, 0) }, { block_id: name });
