import type { Button, KnownBlock } from '@slack/types';
import { type Answers, type ApprovalRequest, isWaiting } from '../../capture/approval.ts';
import { askerInWords, standingInWords, wishInWords } from '../../reports/approval.ts';
import { approveButton, denyButton, statusOf } from './request.ts';
import { bold, code, line, richDate, said, typed } from './text.ts';
import { actions, context, mrkdwn, plain, type Row, rows, type View } from './view.ts';

/** A list's buttons have ids of their own: the list is drawn anew in its place. */
export const listedIds = { approve: 'capture_approve_listed', deny: 'capture_deny_listed' } as const;

/** A list on a phone is not read any further. */
const longest = 10;
/** Whoever approves in a list has seen all of the expression there. */
const longestExpression = 250;

/** A request with what a person may answer. */
export interface Answerable {
  readonly request: ApprovalRequest;
  readonly answers: Answers;
}

/** What waits for approval, with buttons, and what became of requests since yesterday, for the one person who asked; the newest first. */
export function requestsView(requests: readonly Answerable[]): View {
  if (requests.length === 0) {
    const words = 'Nothing waits for approval, and nothing did since yesterday.';
    return { text: words, blocks: [rows([said(words)])] };
  }
  const newestFirst = requests.toReversed();
  const waiting = newestFirst.filter(({ request }) => isWaiting(request));
  const all = [...waiting, ...newestFirst.filter(({ request }) => !isWaiting(request))];
  const shown = all.slice(0, longest);
  const hidden = all.length - shown.length;
  return {
    text: `Requests for approval: ${shown.map(({ request: { id, state } }) => `${id} ${state}`).join(', ')}${hidden > 0 ? ' and more' : ''}`,
    blocks: [
      rows([bold('Requests for approval')]),
      ...shown.flatMap((each) => (isWaiting(each.request) ? waitingBlocks(each, listedIds) : [over(each.request)])),
      ...(hidden > 0 ? [context(mrkdwn(`and ${hidden} more: \`capture approve\` in a shell on the sensor`))] : []),
    ],
  };
}

/** A request that waits, as one of several: who asks for what, why it waits and until when; the buttons that the person may press. */
export function waitingBlocks(
  { request, answers }: Answerable,
  ids: Readonly<Record<'approve' | 'deny', string>>,
): KnownBlock[] {
  const { id, asked, needed, expiresAt } = request;
  const { description, expression } = asked.order;
  const isWhole = expression.length <= longestExpression;
  const buttons: Button[] = [
    ...(answers.approve && isWhole ? [approveButton(request, ids.approve)] : []),
    ...(answers.deny ? [denyButton(request, ids.deny, answers.approve ? 'Deny' : 'Withdraw')] : []),
  ];
  const rest: Row[] = isWhole
    ? []
    : [[said('All of the expression, and the button: '), code(`/capture show ${id}`, 60)]];
  return [
    rows(
      [bold(`⏳ ${id} `), typed(description, 100)],
      [code(expression, longestExpression)],
      ...rest,
      [typed(`${askerInWords(request)} · ${wishInWords(request)}`, 200)],
      [typed(needed, 200)],
      [said('Waits until '), richDate(expiresAt)],
    ),
    ...(buttons.length === 0 ? [] : [actions(...buttons)]),
  ];
}

/** Under a list of captures: what would run if somebody approved it. */
export function waitingView(waiting: readonly ApprovalRequest[]): View {
  const ids = waiting.map(({ id }) => id).join(', ');
  const words = `⏳ Waiting for approval: ${line(ids, 300)}`;
  return { text: words, blocks: [context(plain(`${words}. /capture approve shows more.`))] };
}

function over(request: ApprovalRequest): KnownBlock {
  const { emoji, words } = statusOf(request);
  const { description, expression } = request.asked.order;
  return rows(
    [bold(`${emoji} ${request.id} `), typed(description, 100), said(` · ${words}`)],
    [code(expression, 80)],
    [typed(`${askerInWords(request)} · ${wishInWords(request)}`, 200)],
    [typed(standingInWords(request), 300)],
  );
}
