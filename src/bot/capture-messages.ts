import { type Capture, isOpen, type Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { asidesOf } from './asides.ts';
import {
  atMostEvery,
  type Drawing,
  isBehind,
  nextKnock,
  type Places,
  type Subject,
  type Subjects,
  threadOf,
} from './drawing.ts';
import type { Message, Messages, Part } from './messages.ts';
import type { View } from './views/view.ts';

/** How often a message is edited while its capture's state stays the same (SLACK.md 1.9): progress stands in the thread. */
const betweenEdits = { main: 15_000, thread: 5_000 } as const satisfies Partial<Record<Part, Millis>>;
/** A start that takes no longer is first shown as what came of it. */
const soonRunning: Millis = 1_000;

export interface CaptureParts {
  readonly engine: Pick<Engine, 'peek' | 'watch'>;
  readonly messages: Pick<Messages, 'warnings'>;
  /** @param about the deadline that a question is about */
  readonly viewOf: (capture: Capture, part: Part, now: Millis, about: Millis) => View;
  readonly placesOf: (capture: Capture) => Places;
  readonly now: () => Millis;
}

/** Captures, as far as they are shown in Slack: those that were ordered there. */
export function capturesInSlack({ engine, messages, viewOf, placesOf, now }: CaptureParts): Subjects {
  const subjectOf = (capture: Capture): Subject => ({
    id: capture.id,
    version: capture.version,
    state: capture.state,
    goesOn: isOpen(capture.state) && capture.channel !== null,
    drawings(sent) {
      if (capture.channel === null) return [];
      const part = (name: Part) => sent.find((message) => message.part === name);
      const warned = messages.warnings(capture.id).length > 0;
      return [
        ...drawingsOf(capture, part('main'), part('thread'), now()),
        ...asidesOf(capture, { messages: sent, warned }, placesOf(capture)),
      ];
    },
    view: (part, at, about) => viewOf(capture, part, at, about),
  });
  return {
    peek(id) {
      const capture = engine.peek(id);
      return capture && subjectOf(capture);
    },
    async *watch(after, signal) {
      for await (const capture of engine.watch(after, signal)) yield subjectOf(capture);
    },
  };
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
  const { channel, state } = capture;
  if (channel === null) return [];
  const of = (part: 'main' | 'thread', message: Message | undefined): Drawing[] => {
    if (!isBehind(capture, message, now)) return [];
    const ts = message?.ts ?? null;
    const under = part === 'thread' ? (main?.ts ?? null) : null;
    const knock = nextKnock(state, message);
    const due = knock ?? dueAt(capture, part, message);
    const when = { rank: rankOf(capture, part, message), due, knocks: knock !== null };
    const broadcast = part === 'thread' && (state === 'died' || state === 'failed');
    return [{ part, about: 0, channel, thread: under, broadcast, ts, settles: false, ...when }];
  };
  return [...of('main', main), ...(threadOf(main) !== null && hasThread(capture) ? of('thread', thread) : [])];
}

/** A live capture's thread tells its ending; a search's tells how far it is as well. */
function hasThread(capture: Capture): boolean {
  return !isOpen(capture.state) || (capture.kind === 'past' && capture.joined === null);
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
