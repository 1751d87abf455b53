import type { Button } from '@slack/types';
import { type ApprovalRequest, requestInWords } from '../../capture/approval.ts';
import { approversInWords, askerInWords, standingInWords, wishInWords } from '../../reports/approval.ts';
import { warningsView } from './notice.ts';
import type { Status } from './status.ts';
import { bold, code, escaped, line, richDate, said, slackDate, typed } from './text.ts';
import { actions, context, mrkdwn, plain, type Row, rows, type View } from './view.ts';

/** The action_ids of a request's buttons; each carries `buttonValue` as its value. */
export const approvalIds = { approve: 'capture_approve', deny: 'capture_deny' } as const;

/** Who approves sees what they approve: more than this Slack does not take in one message. */
const longestExpression = 5_000;

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
        ...(waits ? [plain('to deny with a reason, in its thread: @capture deny too broad')] : []),
      ),
      ...(waits
        ? [actions(approveButton(request, approvalIds.approve), denyButton(request, approvalIds.deny, 'Deny'))]
        : []),
    ],
  };
}

/**
 * Under the message of a request, to whoever asked for it, once it does not wait any more: with what they should know of what was started.
 * @param person their Slack id; null where nobody knows it
 */
export function requestEndedView(request: ApprovalRequest, person: string | null): View {
  const { id, capture, warnings } = request;
  const { emoji } = statusOf(request);
  const words = requestInWords(request);
  const whom: Row = person === null ? [] : [{ type: 'user', user_id: person }, said(' ')];
  const ended: View = {
    text: `${emoji} ${id} ${escaped(words, 500)}`,
    blocks: [rows([...whom, said(`${emoji} ${id} `), typed(words, 500)])],
  };
  if (capture === null || warnings.length === 0) return ended;
  const warned = warningsView({ id: capture }, warnings);
  return { text: `${ended.text}. ${warned.text}`, blocks: [...ended.blocks, ...warned.blocks] };
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

/** In the place of an answer, to who denied a request by typing, or in their Home. */
export function deniedView(request: ApprovalRequest): View {
  const words = `${request.id} ${requestInWords(request)}`;
  return {
    text: `${escaped(words, 500)} (${escaped(request.asked.order.description, 200)})`,
    blocks: [rows([typed(words, 500)], [typed(request.asked.order.description, 200)])],
  };
}

/** How a request stands, for a headline. */
export function statusOf({ state }: ApprovalRequest): Status {
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

/** @param id the action_id, which tells where the button is */
export function approveButton(request: ApprovalRequest, id: string): Button {
  const { description, expression } = request.asked.order;
  return {
    ...button(id, 'Approve', request),
    style: 'primary',
    confirm: {
      title: plain(`Approve ${request.id}?`, 100),
      text: plain(`${line(description, 120)}\n${line(expression, 80)}\n${line(wishInWords(request), 90)}`, 300),
      confirm: plain('Approve', 30),
      deny: plain('Not yet', 30),
    },
  };
}

/** @param words what a press of it is to this person: who asked withdraws */
export function denyButton(request: ApprovalRequest, id: string, words: 'Deny' | 'Withdraw'): Button {
  return { ...button(id, words, request), style: 'danger' };
}

function button(id: string, words: string, request: ApprovalRequest): Button {
  return { type: 'button', action_id: id, value: buttonValue(request), text: plain(words, 75) };
}

function capitalised(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
