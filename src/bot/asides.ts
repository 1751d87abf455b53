import { type Capture, isOpen, type Millis } from '../capture/capture.ts';
import { atMostEvery, type Drawing, threadOf } from './drawing.ts';
import type { Message, Part } from './messages.ts';

/** Where what is said beside a capture's own message goes. */
export interface Places {
  /** The Slack user who ordered it; null where nobody knows them. */
  readonly person: string | null;
  /** The channel that hears of what befell a message. */
  readonly digest: string | null;
}

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
  const once = (part: Part, place: string | null, rank: number): Drawing[] => {
    const before = messages.find((message) => message.part === part);
    if (place === null || isThrough(before)) return [];
    const under = part === 'warnings' ? thread : null;
    return [{ ...newIn(place, before), capture, part, about: 0, thread: under, rank, settles: true }];
  };
  return [
    ...(warned && thread !== null ? once('warnings', channel, 2) : []),
    ...(thread === null ? [] : questionsOf(capture, messages, thread)),
    ...(failedLate(capture) ? once('failure', person, 2) : []),
    ...(isLost(main) ? [...once('loss', person, 2), ...once('loss report', digest, 3)] : []),
  ];
}

/** Whether the question about this deadline is open; it is not once the deadline has moved, or the capture has ended. */
export function isAsked(capture: Capture, deadline: Millis): boolean {
  return isOpen(capture.state) && capture.limits.deadline === deadline;
}

/** One message for each deadline that came near: asked, and then what came of it, without buttons. */
function questionsOf(capture: Capture, messages: readonly Message[], thread: string): Drawing[] {
  const questions = messages.filter(({ part }) => part === 'question');
  const { near, deadline } = capture.limits;
  const asked = (about: Millis) => questions.find((question) => question.about === about);
  const isNew = near && deadline !== null && capture.state === 'running' && asked(deadline)?.ts == null;
  const fresh = isNew && !isThrough(asked(deadline)) ? [{ about: deadline, before: asked(deadline) }] : [];
  const answered = questions
    .filter((question) => question.ts !== null && !isThrough(question) && !isAsked(capture, question.about))
    .map((before) => ({ about: before.about, before }));
  return [...fresh, ...answered].map(({ about, before }) => ({
    ...newIn(capture.channel ?? '', before),
    capture,
    part: 'question',
    about,
    thread,
    rank: 1,
    settles: !isAsked(capture, about),
  }));
}

function newIn(channel: string, before: Message | undefined): Pick<Drawing, 'channel' | 'ts' | 'due' | 'knocks'> {
  const due = before?.editedAt == null ? 0 : before.editedAt + atMostEvery;
  return { channel, ts: before?.ts ?? null, due, knocks: false };
}

/** A message that Slack lost is said by nothing and nobody. */
function isThrough(message: Message | undefined): boolean {
  return message !== undefined && (message.settled === 1 || message.trouble !== null);
}

/** Whether it ended badly after whoever ordered it was told that it runs: what fails at once is answered at once. */
function failedLate({ state, kind }: Capture): boolean {
  return state === 'died' || (state === 'failed' && kind === 'past');
}

/** A message that was there and is not any more. One that never came to be is answered with how to invite the bot. */
function isLost(main: Message | undefined): boolean {
  return main !== undefined && main.ts !== null && main.trouble !== null;
}
