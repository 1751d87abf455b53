import type { Button } from '@slack/types';
import { type ApprovalRequest, requestInWords } from '../../capture/approval.ts';
import { approversInWords, askerInWords, standingInWords, wishInWords } from '../../reports/approval.ts';
import type { Status } from './status.ts';
import { bold, code, escaped, line, richDate, said, slackDate, typed } from './text.ts';
import { actions, context, mrkdwn, plain, type Row, rows, type View } from './view.ts';

/** The action_ids of a request's buttons; each carries `buttonValue` as its value. */
export const approvalIds = { approve: 'capture_approve', deny: 'capture_deny' } as const;

/** Who approves sees what they approve: more than this Slack does not take in one message. */
const longestExpression = 5_000;

/** A list on a phone is not read any further. */
const longest = 10;

/** The id of a request, and when it was asked for: after a rebuild of the registry another request may have the id. */
export function buttonValue({ id, askedAt }: Pick<ApprovalRequest, 'id' | 'askedAt'>): string {
  return `${id} ${askedAt}`;
}

/** The one message of a request in its channel: what is asked for and why it waits, with its buttons; then what became of it. */
export function requestView(request: ApprovalRequest): View {
  const { id, state, asked, expiresAt, askedAt } = request;
  const { emoji, words } = statusOf(request);
  const { description, expression, case: incident } = asked.order;
  const place = [id, askerInWords(request), ...(incident === undefined ? [] : [`case ${incident}`])];
  const waits = state === 'waiting';
  return {
    text: `${emoji} ${words} · ${escaped(description, 200)} (${id}, ${escaped(askerInWords(request), 160)}): ${escaped(standingInWords(request), 400)}`,
    blocks: [
      rows(
        [bold(`${emoji} ${words}`), said(' · '), typed(description, 200)],
        [code(expression, waits ? longestExpression : 600)],
        ...(waits && expression.length > longestExpression
          ? [
              [
                bold('⚠️ This is not all of the expression. '),
                said('All of it, in a shell: '),
                code('capture approve', 40),
              ],
            ]
          : []),
        [typed(wishInWords(request), 300)],
        ...(waits
          ? [[typed(request.needed, 500)], [typed(`${capitalised(approversInWords(request))} may approve it.`, 200)]]
          : [[typed(`It ${requestInWords(request)}`, 500)]]),
      ),
      context(
        plain(place.map((part) => line(part, 160)).join(' · ')),
        mrkdwn(`asked ${slackDate(askedAt)}${waits ? `, until ${slackDate(expiresAt)}` : ''}`),
      ),
      ...(waits ? [actions(approveButton(request), denyButton(request))] : []),
    ],
  };
}

/**
 * Under the message of a request, to whoever asked for it, once it does not wait any more.
 * @param person their Slack id; null where nobody knows it
 */
export function requestEndedView(request: ApprovalRequest, person: string | null): View {
  const { id } = request;
  const { emoji } = statusOf(request);
  const words = requestInWords(request);
  const whom: Row = person === null ? [] : [{ type: 'user', user_id: person }, said(' ')];
  return {
    text: `${emoji} ${id} ${escaped(words, 500)}`,
    blocks: [rows([...whom, said(`${emoji} ${id} `), typed(words, 500)])],
  };
}

/** To the person whose order waits: that nothing runs yet, why, and who has it start. */
export function requestedView(request: ApprovalRequest): View {
  const title = `⏳ ${request.id} waits for approval: nothing runs yet`;
  return {
    text: `${title}. ${escaped(request.needed, 500)}`,
    blocks: [
      rows(
        [bold(title)],
        [typed(request.needed, 500)],
        [
          typed(`${capitalised(approversInWords(request))} starts it with the button, or with`, 200),
          said(' '),
          code(`/capture approve ${request.id}`, 60),
        ],
        [said('Until '), richDate(request.expiresAt)],
      ),
    ],
  };
}

/** To somebody who asked in a channel where the bot cannot speak. */
export function inviteForRequestView({ id }: ApprovalRequest): View {
  const words = `I am not in this channel and cannot show ${id} to those who may approve it.`;
  return {
    text: `${words} Type /invite @capture, or tell a lead to type /capture approve ${id}`,
    blocks: [
      rows([said(words)], [said('Tell a lead to type '), code(`/capture approve ${id}`, 60)]),
      rows([said('To have me speak here: '), code('/invite @capture', 40)]),
    ],
  };
}

/** What waits for approval, and what became of requests since yesterday, for the one person who asked; the newest first. */
export function requestsView(requests: readonly ApprovalRequest[]): View {
  if (requests.length === 0) {
    const words = 'Nothing waits for approval, and nothing did since yesterday.';
    return { text: words, blocks: [rows([said(words)])] };
  }
  const newestFirst = requests.toReversed();
  const hidden = requests.length - longest;
  return {
    text: `Requests for approval: ${newestFirst
      .slice(0, longest)
      .map(({ id, state }) => `${id} ${state}`)
      .join(', ')}${hidden > 0 ? ' and more' : ''}`,
    blocks: [
      rows([bold('Requests for approval')]),
      ...newestFirst.slice(0, longest).map((request) => rows(...entry(request))),
      ...(hidden > 0 ? [context(mrkdwn(`and ${hidden} more: \`capture approve\` in a shell on the sensor`))] : []),
    ],
  };
}

/** Under a list of captures: what would run if somebody approved it. */
export function waitingView(waiting: readonly ApprovalRequest[]): View {
  const ids = waiting.map(({ id }) => id).join(', ');
  const words = `⏳ Waiting for approval: ${line(ids, 300)}`;
  return { text: words, blocks: [context(plain(`${words}. /capture approve shows more.`))] };
}

/** In the place of an answer, to who denied a request by typing. */
export function deniedView(request: ApprovalRequest): View {
  const words = `${request.id} ${requestInWords(request)}`;
  return {
    text: `${escaped(words, 300)}: ${escaped(request.asked.order.description, 200)}`,
    blocks: [rows([typed(words, 300), said(': '), typed(request.asked.order.description, 200)])],
  };
}

function entry(request: ApprovalRequest): Row[] {
  const { emoji, words } = statusOf(request);
  const { description, expression } = request.asked.order;
  return [
    [bold(`${emoji} ${request.id} `), typed(description, 100), said(` · ${words}`)],
    [code(expression, 80)],
    [typed(`${askerInWords(request)} · ${wishInWords(request)}`, 200)],
    [typed(standingInWords(request), 300)],
  ];
}

function statusOf({ state }: ApprovalRequest): Status {
  return states[state];
}

const states = {
  waiting: { emoji: '⏳', words: 'Waiting for approval' },
  starting: { emoji: '⏳', words: 'Approved, starting' },
  started: { emoji: '✅', words: 'Approved' },
  failed: { emoji: '❌', words: 'Approved, not started' },
  denied: { emoji: '🚫', words: 'Denied' },
  expired: { emoji: '⌛', words: 'Expired' },
} as const satisfies Record<ApprovalRequest['state'], Status>;

function approveButton(request: ApprovalRequest): Button {
  const { description, expression } = request.asked.order;
  return {
    ...button(approvalIds.approve, 'Approve', request),
    style: 'primary',
    confirm: {
      title: plain(`Approve ${request.id}?`, 100),
      text: plain(`${line(description, 120)}\n${line(expression, 80)}\n${line(wishInWords(request), 90)}`, 300),
      confirm: plain('Approve', 30),
      deny: plain('Not yet', 30),
    },
  };
}

function denyButton(request: ApprovalRequest): Button {
  return { ...button(approvalIds.deny, 'Deny', request), style: 'danger' };
}

function button(id: string, words: string, request: ApprovalRequest): Button {
  return { type: 'button', action_id: id, value: buttonValue(request), text: plain(words, 75) };
}

function capitalised(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
