import type { HomeView, ModalView } from '@slack/types';
import { blockErrors } from '../../../sandbox/workspace/blocks/check.ts';
import { viewErrors } from '../../../sandbox/workspace/blocks/view-check.ts';
import type { View } from '../../../src/bot/views/view.ts';

/** Who is asked in the samples, and where: whom a view mentions by id. */
const asked = 'U024BE7LH';
const place = 'C024BE91L';

/** All that Slack, a phone or a careful reader would hold against a view; empty where nothing. */
export function faultsOf({ text, blocks, fallback }: View): string[] {
  const old = fallback === undefined ? [] : faultsOf({ text, blocks: fallback });
  const words = stringsIn(blocks);
  return [
    ...old,
    // What has new blocks has a form without them.
    ...blockErrors(blocks, 'message', { newBlocks: fallback !== undefined }),
    ...(text.length === 0 || text.length > 3000 ? [`text of ${text.length} characters`] : []),
    // Slack refuses more than about 13,200 as msg_blocks_too_long.
    ...(words.join('').length > 13_000 ? [`${words.join('').length} characters in all`] : []),
    // A phone shows about twenty of a button's characters beside two others.
    ...partsOf(blocks, (part) => part.type === 'button' && wordsOf(part.text).length > 20).map(
      (part) => `a button with ${wordsOf(part.text)}`,
    ),
    ...readersFaults(text, blocks),
  ];
}

function wordsOf(text: unknown): string {
  return typeof text === 'object' && text !== null && 'text' in text ? String(text.text) : '';
}

/** The same of a modal. */
export function modalFaults(view: ModalView): string[] {
  return [...viewErrors(view, 'modal'), ...readersFaults('a modal has no text', view.blocks as View['blocks'])];
}

/** The same of a Home. */
export function homeFaults(view: HomeView): string[] {
  return [...viewErrors(view, 'home'), ...readersFaults('a Home has no text', view.blocks as View['blocks'])];
}

function readersFaults(text: string, blocks: View['blocks']): string[] {
  const spoken = [text, ...stringsIn(blocks)];
  return [
    ...spoken
      .filter((one) =>
        /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069\u200B-\u200C\u200E\u200F\uFEFF]/u.test(one.replaceAll('\n', '')),
      )
      .map((one) => `unseen characters in ${one.slice(0, 80)}`),
    ...[text, ...mrkdwnIn(blocks)].flatMap(parsed).map((one) => `Slack would parse ${one}`),
    ...partsOf(blocks, (part) => part.type === 'rich_text_preformatted').map(
      () => 'a code block, which scrolls sideways on a phone',
    ),
    ...partsOf(blocks, (part) => ['broadcast', 'usergroup', 'channel', 'link'].includes(String(part.type)))
      .filter((part) => part.channel_id !== place)
      .map((part) => `a ${part.type}`),
    // Who asked for something may be called; Slack itself said who that is.
    ...partsOf(blocks, (part) => part.type === 'user' && !/^[UW][A-Z0-9]+$/.test(String(part.user_id))).map(
      () => 'a user of no id',
    ),
    ...blocks.flatMap((block) =>
      block.type === 'actions' && block.elements.length > 3 ? ['more than three buttons a row'] : [],
    ),
  ];
}

/** What Slack would read as a mention, a broadcast or a link: every `<` but that of our own dates. */
function parsed(mrkdwn: string): string[] {
  return (
    mrkdwn
      .replaceAll(`<@${asked}>`, '')
      .match(/<(?!!date\^\d+\^\{date_short_pretty\} \{time_secs\}\|[-: 0-9]+ UTC>).{0,20}/gu) ?? []
  );
}

type Part = Record<string, unknown>;

function mrkdwnIn(blocks: unknown): string[] {
  return partsOf(blocks, (part) => part.type === 'mrkdwn').map((part) => String(part.text));
}

function stringsIn(blocks: unknown): string[] {
  return partsOf(blocks, ({ text, title }) => [text, title].some((words) => typeof words === 'string')).flatMap(
    ({ text, title }) => [text, title].filter((words) => typeof words === 'string'),
  );
}

function partsOf(value: unknown, wanted: (part: Part) => boolean): Part[] {
  if (Array.isArray(value)) return value.flatMap((one) => partsOf(one, wanted));
  if (typeof value !== 'object' || value === null) return [];
  const part = value as Part;
  return [...(wanted(part) ? [part] : []), ...Object.values(part).flatMap((one) => partsOf(one, wanted))];
}
