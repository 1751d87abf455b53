import type { RequestState } from '../capture/approval.ts';
import type { Millis, State } from '../capture/capture.ts';
import type { Message, Part } from './messages.ts';
import { mayReopen } from './saying.ts';
import type { View } from './views/view.ts';

/** No message is edited more often than this, whatever happens to what it is about. */
export const atMostEvery: Millis = 5_000;
/** How often a channel that was closed to the bot is tried again while nothing changes. */
export const betweenKnocks: Millis = 30_000;
/** How long after an ending: a channel that stays closed is not asked for ever. */
const knocksFor: Millis = 24 * 3_600_000;

/** What messages are about, as it is now: a capture, or a request for approval. */
export interface Subject {
  readonly id: string;
  /** Grows with every change. */
  readonly version: number;
  readonly state: State | RequestState;
  /** Whether Slack is to be shown an ending of it that is still to come. */
  readonly goesOn: boolean;
  /** What is to be drawn of it now, given the messages that Slack has of it. */
  drawings(messages: readonly Message[]): readonly Drawing[];
  /** What one of its messages shows. @param about the deadline that a question is about */
  view(part: Part, now: Millis, about: Millis): View;
}

/** All subjects of one kind: no other kind has their ids. */
export interface Subjects {
  peek(id: string): Subject | undefined;
  /** Subjects as they change, first all with a version above `after`; ends with the signal. */
  watch(after: number, signal: AbortSignal): AsyncIterable<Subject>;
}

/** Where what is said beside a subject's own message goes. */
export interface Places {
  /** The Slack user who gave the order; null where nobody knows them. */
  readonly person: string | null;
  /** The channel that hears of what befell a message. */
  readonly digest: string | null;
}

/** A message that does not show its subject as it is, and when it should. */
export interface Drawing {
  readonly part: Part;
  /** The deadline that a question is about; 0 for all others. */
  readonly about: Millis;
  /** A person's Slack id stands for the direct message with them. */
  readonly channel: string;
  /** The message whose thread it is in; null outside of threads. */
  readonly thread: string | null;
  /** Whether a thread's message is shown in the channel as well: for what nobody should miss. */
  readonly broadcast: boolean;
  /** Slack's name for the message; null when it is a new one. */
  readonly ts: string | null;
  /** Whether it stays as it is then, whatever becomes of its subject. */
  readonly settles: boolean;
  /** Lower is sooner: a person waits for the first, everybody for an ending, nobody for progress. */
  readonly rank: number;
  readonly due: Millis;
  /** Whether it is only tried whether its channel is open again. */
  readonly knocks: boolean;
}

/** A drawing with what it is of. */
export interface Turn extends Drawing {
  readonly subject: Subject;
  /** Of the message among all. */
  readonly name: string;
}

/** The drawing that comes next: of those that are due the one of the lowest rank, then the one that waits longest; else the one due first. */
export function nextDrawing<Each extends Pick<Drawing, 'rank' | 'due'>>(
  drawings: readonly Each[],
  now: Millis,
): Each | undefined {
  const due = drawings.filter((drawing) => drawing.due <= now);
  const [next] =
    due.length > 0
      ? due.toSorted((one, other) => one.rank - other.rank || one.due - other.due)
      : drawings.toSorted((one, other) => one.due - other.due);
  return next;
}

/** What a thread hangs on: without the message there is none. */
export function threadOf(main: Message | undefined): string | null {
  return main?.trouble === null ? main.ts : null;
}

/** Whether a message that is kept true does not show its subject as it is. */
export function isBehind(
  { version, endedAt }: { readonly version: number; readonly endedAt: Millis | null },
  message: Message | undefined,
  now: Millis,
): boolean {
  if (message === undefined) return true;
  if (message.trouble === null) return version > message.sentVersion;
  // What it shows is not what was last tried: it is behind until its channel is open again.
  return mayReopen(message.trouble) && (endedAt === null || now - endedAt < knocksFor);
}

/** When its channel is tried again, of a message that has nothing new to say; null of one that has. */
export function nextKnock(state: Subject['state'], message: Message | undefined): Millis | null {
  const knocks = message?.trouble != null && message.sentState === state;
  return knocks ? (message.sentAt ?? 0) + betweenKnocks : null;
}

/** A message that is said beside the kept ones, or said again where it is there already. */
export function aside(
  part: Part,
  channel: string,
  before: Message | undefined,
  rest: Pick<Drawing, 'thread' | 'rank' | 'settles'> & { readonly about?: Millis },
): Drawing {
  const due = before?.editedAt == null ? 0 : before.editedAt + atMostEvery;
  return { part, about: 0, channel, ts: before?.ts ?? null, due, knocks: false, broadcast: false, ...rest };
}

/** The same, said once and never changed; none where it was said, or has no place. */
export function saidOnce(
  part: Part,
  place: string | null,
  messages: readonly Message[],
  rest: Pick<Drawing, 'thread' | 'rank'>,
): Drawing[] {
  const before = messages.find((message) => message.part === part);
  return place === null || isThrough(before) ? [] : [aside(part, place, before, { ...rest, settles: true })];
}

/** Whether it is never said again: a message that Slack lost is said by nothing and nobody. */
export function isThrough(message: Message | undefined): boolean {
  return message !== undefined && (message.settled === 1 || message.trouble !== null);
}

/** Whether a message was there and is not any more. Of one that never came to be its person was told at once how to invite the bot. */
export function isLost(main: Message | undefined): boolean {
  return main !== undefined && main.ts !== null && main.trouble !== null;
}
