import type { Millis } from '../../capture/capture.ts';
import type { Lacking, Pin, Pinboard } from '../../capture/pin.ts';
import { counted, size } from '../../reports/figures.ts';
import { lackInWords, lackingInWords, pinboardInWords, spanInWords } from '../../reports/pins.ts';
import { bold, code, richDate, said, typed } from './text.ts';
import { bulleted, context, mrkdwn, type Row, rows, type View } from './view.ts';

/** A list on a phone is not read any further, and Slack takes 50 blocks. */
const longest = 20;

/** To the person who pinned: what is held for how long, and loudly what of the window is not. */
export function pinnedView(pin: Pin): View {
  const lacking = lackingInWords(pin);
  const warned = lacking === null ? '' : `. ⚠️ ${lacking}`;
  return {
    text: `Pinned ${pin.id}: ${counted(pin.files, 'ring file')}, ${size(pin.bytes)}${warned}`,
    blocks: [
      rows([bold(`📌 Pinned ${pin.id} `), typed(pin.description, 100)], ...heldRows(pin)),
      ...(lacking === null ? [] : [bulleted([bold(`⚠️ ${lacking}`)], pin.lacking, 12, lackingRow)]),
      context(mrkdwn(`Earlier than that it goes with \`/capture unpin ${pin.id}\``)),
    ],
  };
}

/** What is pinned, for the one person who asked. */
export function pinsView(board: Pinboard, now: Millis): View {
  const { pins } = board;
  if (pins.length === 0) {
    const hint = 'Keep ring files from being pruned: `/capture pin -d why --since 6h`';
    return { text: 'Nothing is pinned.', blocks: [rows([said('Nothing is pinned.')]), context(mrkdwn(hint))] };
  }
  const hidden = pins.length - longest;
  return {
    text: `Pinned: ${pins
      .slice(0, longest)
      .map(({ id }) => id)
      .join(', ')}${hidden > 0 ? ' and more' : ''}`,
    blocks: [
      rows([bold('📌 Pinned')], ...pinboardInWords(board, now).map((words): Row => [said(words)])),
      ...pins.slice(0, longest).map((pin) => rows(...entry(pin))),
      ...(hidden > 0 ? [context(mrkdwn(`and ${hidden} more: \`capture pin\` in a shell on the sensor`))] : []),
    ],
  };
}

/** To the person who released a pin. */
export function unpinnedView(pin: Pin): View {
  const words = `${counted(pin.files, 'ring file')}, ${size(pin.bytes)}`;
  return {
    text: `Released ${pin.id}: ${words}`,
    blocks: [rows([bold(`Released ${pin.id} `), typed(pin.description, 100)], [said(words)])],
  };
}

function entry(pin: Pin): Row[] {
  const lacking = lackingInWords(pin);
  const underway = pin.state === 'held' ? '' : ` (${pin.state})`;
  return [
    [bold(`${pin.id}${underway} `), typed(pin.description, 100)],
    ...heldRows(pin),
    ...(lacking === null ? [] : [[said(`⚠️ ${lacking}`)]]),
  ];
}

function heldRows(pin: Pin): Row[] {
  const whose = pin.case === null ? pin.analyst : `${pin.analyst} · ${pin.case}`;
  return [
    [said(`${counted(pin.files, 'ring file')}, ${size(pin.bytes)} of ${pin.ring}`)],
    [said(spanInWords(pin))],
    [typed(whose, 100), said(' · until '), richDate(pin.expiresAt)],
  ];
}

function lackingRow(lack: Lacking): Row {
  return [code(lack.file, 80), said(' '), typed(lackInWords(lack), 200)];
}
