import { type Capture, isOpen, type Millis } from '../capture/capture.ts';
import { aside, type Drawing, isLost, isThrough, type Places, saidOnce, threadOf } from './drawing.ts';
import type { Message } from './messages.ts';

/** What has been said of a capture, and what there is to say beside its message. */
export interface Sent {
  readonly messages: readonly Message[];
  /** Whether its analyst was warned of something when it began. */
  readonly warned: boolean;
}

/**
 * What is to be said of a capture beside its message and its thread, each once: the warnings of its start, a question before each deadline
 * and what came of it, and to its person a failure or the loss of its message.
 */
export function asidesOf(capture: Capture, { messages, warned }: Sent, { person, digest }: Places): Drawing[] {
  const { channel } = capture;
  if (channel === null) return [];
  const main = messages.find(({ part }) => part === 'main');
  const thread = threadOf(main);
  const alone = { thread: null, rank: 2 };
  return [
    ...(warned && thread !== null ? saidOnce('warnings', channel, messages, { thread, rank: 2 }) : []),
    ...(thread === null ? [] : questionsOf(capture, messages, channel, thread)),
    ...(failedLate(capture) ? saidOnce('failure', person, messages, alone) : []),
    ...(isLost(main)
      ? [
          ...saidOnce('loss', person, messages, alone),
          ...saidOnce('loss report', digest, messages, { ...alone, rank: 3 }),
        ]
      : []),
  ];
}

/** Whether the question about this deadline is open; it is not once the deadline has moved, or the capture has ended. */
export function isAsked(capture: Capture, deadline: Millis): boolean {
  return isOpen(capture.state) && capture.limits.deadline === deadline;
}

/** One message for each deadline that came near: asked, and then what came of it, without buttons. */
function questionsOf(capture: Capture, messages: readonly Message[], channel: string, thread: string): Drawing[] {
  const questions = messages.filter(({ part }) => part === 'question');
  const { near, deadline } = capture.limits;
  const asked = (about: Millis) => questions.find((question) => question.about === about);
  const isNew = near && deadline !== null && capture.state === 'running' && asked(deadline)?.ts == null;
  const fresh = isNew && !isThrough(asked(deadline)) ? [{ about: deadline, before: asked(deadline) }] : [];
  const answered = questions
    .filter((question) => mayBeThere(question) && !isThrough(question) && !isAsked(capture, question.about))
    .map((before) => ({ about: before.about, before }));
  return [...fresh, ...answered].map(({ about, before }) =>
    aside('question', channel, before, { about, thread, rank: 1, settles: !isAsked(capture, about) }),
  );
}

/** Whether Slack shows it, or took it for all that anybody knows: its buttons would stay. */
function mayBeThere({ ts, attemptedAt }: Message): boolean {
  return ts !== null || attemptedAt !== null;
}

/** Whether it ended badly after whoever ordered it was told that it runs: what fails at once is answered at once. */
function failedLate({ state, kind }: Capture): boolean {
  return state === 'died' || (state === 'failed' && kind === 'past');
}
