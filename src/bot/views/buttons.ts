import type { ActionsBlock, Button } from '@slack/types';
import { type Capture, type Millis, may } from '../../capture/capture.ts';
import { durationInWords } from '../../capture/quantities.ts';
import { line } from './text.ts';
import { actions, plain, type View } from './view.ts';

/** The buttons' action_ids; each carries the capture's id as its value, those about a deadline that as well (`seenValue`). */
export const buttonIds = {
  stop: 'capture_stop',
  /** Under a question: it is about the deadline that was asked about, and no later one. */
  stopAsked: 'capture_stop_asked',
  cancel: 'capture_cancel',
  extend: 'capture_extend',
  details: 'capture_details',
  get: 'capture_get',
} as const;

const minute: Millis = 60_000;
const mostAtOnce: Millis = 120 * minute;

/** What can be done to a capture now: Stop, Extend or Cancel while its state allows it, Get once there is a savefile, Details always. */
export function buttonsFor(capture: Capture): ActionsBlock {
  const details = button(buttonIds.details, capture.id, 'Details');
  if (may.fetch(capture)) return actions(details, button(buttonIds.get, capture.id, 'Get'));
  if (!may.stop(capture)) return actions(details);
  if (capture.kind === 'past') return actions(cancelButton(capture), details);
  const { deadline } = capture.limits;
  return actions(
    stopButton(capture, buttonIds.stop, capture.id),
    ...(may.extend(capture) && deadline !== null ? [extendButton(capture, deadline)] : []),
    details,
  );
}

/** A view with what can be done to its capture now. */
export function withButtons(view: View, capture: Capture): View {
  return { ...view, blocks: [...view.blocks, buttonsFor(capture)] };
}

/** The answers to the question before a deadline. */
export function answersFor(capture: Capture, deadline: Millis): ActionsBlock {
  return actions({ ...extendButton(capture, deadline), style: 'primary' }, stopAskedButton(capture, deadline));
}

/** The one of them for whom nobody who may extend it is asked. */
export function stopAskedButton(capture: Capture, deadline: Millis): Button {
  return stopButton(capture, buttonIds.stopAsked, seenValue({ id: capture.id, deadline, by: 0 }));
}

/** What a button about a deadline carries: the capture, the deadline that it was drawn for, and by how much it extends. */
export interface Seen {
  readonly id: string;
  readonly deadline: Millis;
  readonly by: Millis;
}

export function seenValue({ id, deadline, by }: Seen): string {
  return `${id} ${deadline} ${by}`;
}

/** The same read back. */
export function seenIn(value: string): Seen {
  const [id = '', deadline, by] = value.split(' ');
  // What is no number was never drawn by us: no deadline is like it.
  const whole = (words: string | undefined) => (Number.isSafeInteger(Number(words)) ? Number(words) : -1);
  return { id, deadline: whole(deadline), by: whole(by) };
}

/** By how much one click extends a capture: two hours, or half of what a shorter one has, in a round number. */
export function extensionOf({ startedAt }: Pick<Capture, 'startedAt'>, deadline: Millis): Millis {
  const half = Math.min(mostAtOnce, Math.max(0, deadline - startedAt) / 2);
  const step = [30 * minute, 5 * minute, minute].find((each) => half >= 2 * each) ?? 1_000;
  return Math.max(1_000, Math.floor(half / step) * step);
}

function extendButton(capture: Capture, deadline: Millis): Button {
  const by = extensionOf(capture, deadline);
  return button(buttonIds.extend, seenValue({ id: capture.id, deadline, by }), `Extend ${durationInWords(by)}`);
}

function button(id: string, value: string, words: string): Button {
  return { type: 'button', action_id: id, value, text: plain(words, 75) };
}

function stopButton(capture: Capture, id: string, value: string): Button {
  return {
    type: 'button',
    action_id: id,
    value,
    text: plain('Stop', 75),
    style: 'danger',
    confirm: {
      title: plain(`Stop ${capture.id}?`, 100),
      text: plain(`${line(capture.description, 200)}\nIts savefile is kept. It cannot be continued.`, 300),
      confirm: plain('Stop', 30),
      deny: plain('Let it run', 30),
      style: 'danger',
    },
  };
}

function cancelButton(capture: Capture): Button {
  const isJoined = capture.joined !== null;
  return {
    type: 'button',
    action_id: buttonIds.cancel,
    value: capture.id,
    text: plain('Cancel', 75),
    confirm: {
      title: plain(`Cancel the ${isJoined ? 'joining' : 'search'} ${capture.id}?`, 100),
      text: plain(
        `${line(capture.description, 200)}\n${isJoined ? 'What it is joined of is' : 'What it found so far is'} kept.`,
        300,
      ),
      confirm: plain(`Cancel the ${isJoined ? 'joining' : 'search'}`, 30),
      deny: plain('Go on', 30),
      style: 'danger',
    },
  };
}
