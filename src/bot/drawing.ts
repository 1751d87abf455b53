import { type Capture, isOpen, type Millis } from '../capture/capture.ts';
import type { Message, Part } from './messages.ts';
import { mayReopen } from './saying.ts';

/** How often a message is edited while its capture's state stays the same (SLACK.md 1.9): progress stands in the thread. */
const betweenEdits = { main: 15_000, thread: 5_000 } as const satisfies Partial<Record<Part, Millis>>;
/** No message is edited more often than this, whatever happens to its capture. */
export const atMostEvery: Millis = 5_000;
/** A start that takes no longer is first shown as what came of it. */
const soonRunning: Millis = 1_000;

/** How often a channel that was closed to the bot is tried again while nothing changes. */
export const betweenKnocks: Millis = 30_000;
/** How long after a capture's ending: a channel that stays closed is not asked for ever. */
const knocksFor: Millis = 24 * 3_600_000;

/** A message that does not show its capture as it is, and when it should. */
export interface Drawing {
  readonly capture: Capture;
  readonly part: Part;
  /** The deadline that a question is about; 0 for all others. */
  readonly about: Millis;
  /** A person's Slack id stands for the direct message with them. */
  readonly channel: string;
  /** The message whose thread it is in; null outside of threads. */
  readonly thread: string | null;
  /** Slack's name for the message; null when it is a new one. */
  readonly ts: string | null;
  /** Whether it stays as it is then, whatever becomes of the capture. */
  readonly settles: boolean;
  /** Lower is sooner: a person waits for the first, everybody for an ending, nobody for progress. */
  readonly rank: number;
  readonly due: Millis;
  /** Whether it is only tried whether its channel is open again. */
  readonly knocks: boolean;
}

/**
 * What is to be drawn for a capture, given the messages that Slack has of it: at most its message in the channel and one in its thread.
 * A capture that was not ordered in Slack has none.
 */
export function drawingsOf(
  capture: Capture,
  main: Message | undefined,
  thread: Message | undefined,
  now: Millis,
): Drawing[] {
  const { channel } = capture;
  if (channel === null) return [];
  const of = (part: 'main' | 'thread', message: Message | undefined): Drawing[] => {
    if (!isBehind(capture, message, now)) return [];
    const ts = message?.ts ?? null;
    const under = part === 'thread' ? (main?.ts ?? null) : null;
    const knocks = message?.trouble != null && message.sentState === capture.state;
    const due = knocks ? (message.sentAt ?? 0) + betweenKnocks : dueAt(capture, part, message);
    const when = { rank: rankOf(capture, part, message), due, knocks };
    return [{ capture, part, about: 0, channel, thread: under, ts, settles: false, ...when }];
  };
  return [...of('main', main), ...(threadOf(main) !== null && hasThread(capture) ? of('thread', thread) : [])];
}

/** What a thread hangs on: without the message there is none. */
export function threadOf(main: Message | undefined): string | null {
  return main?.trouble === null ? main.ts : null;
}

/** The drawing that comes next: of those that are due the one of the lowest rank, then the one that waits longest; else the one due first. */
export function nextDrawing(drawings: readonly Drawing[], now: Millis): Drawing | undefined {
  const due = drawings.filter((drawing) => drawing.due <= now);
  const [next] =
    due.length > 0
      ? due.toSorted((one, other) => one.rank - other.rank || one.due - other.due)
      : drawings.toSorted((one, other) => one.due - other.due);
  return next;
}

/** A live capture's thread tells its ending; a search's tells how far it is as well. */
function hasThread(capture: Capture): boolean {
  return !isOpen(capture.state) || (capture.kind === 'past' && capture.joined === null);
}

function isBehind(capture: Capture, message: Message | undefined, now: Millis): boolean {
  if (message === undefined) return true;
  if (message.trouble === null) return capture.version > message.sentVersion;
  // What it shows is not what was last tried: it is behind until its channel is open again.
  return mayReopen(message.trouble) && (capture.endedAt === null || now - capture.endedAt < knocksFor);
}

function rankOf(capture: Capture, part: 'main' | 'thread', message: Message | undefined): number {
  if (part === 'main' && (message === undefined || message.ts === null)) return 0;
  if (!isOpen(capture.state)) return part === 'main' ? 1 : 2;
  return part === 'main' ? 3 : 4;
}

function dueAt(capture: Capture, part: 'main' | 'thread', message: Message | undefined): Millis {
  if (message === undefined || message.ts === null)
    return capture.state === 'starting' ? capture.startedAt + soonRunning : 0;
  if (message.sentAt === null) return 0;
  const { state } = capture;
  if (message.sentState === state) return message.sentAt + betweenEdits[part];
  // What is stopping has stopped in a moment: that is what everybody waits for.
  if (state === 'stopping') return message.sentAt + atMostEvery;
  return message.editedAt === null ? 0 : message.editedAt + atMostEvery;
}
