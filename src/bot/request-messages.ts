import type { Origin } from '../capture/analyst.ts';
import { type ApprovalRequest, isWaiting } from '../capture/approval.ts';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import {
  aside,
  atMostEvery,
  type Drawing,
  isBehind,
  isLost,
  nextKnock,
  type Places,
  type Subject,
  type Subjects,
  saidOnce,
  threadOf,
} from './drawing.ts';
import type { Message, Messages } from './messages.ts';
import { slackUserOf } from './slack-user.ts';
import { requestLossView } from './views/direct.ts';
import { requestEndedView, requestView } from './views/request.ts';

/** How often a message that waits for an answer is drawn as it is already: Slack says only to whoever edits a message that it was deleted. */
const betweenLooks: Millis = 5 * 60_000;

export interface RequestParts {
  readonly engine: Pick<Engine, 'peekRequest' | 'watchRequests' | 'slackUserNamed'>;
  readonly messages: Pick<Messages, 'find'>;
  /** The first of the channels that the configuration names; null where it names none. */
  readonly firstChannel: string | null;
  readonly digest: string | null;
  readonly now: () => Millis;
}

/** Where what is said of a request goes. */
export interface RequestPlaces extends Places {
  /** Where its message comes; null for nowhere. */
  readonly channel: string | null;
}

/** Requests for approval, as they are shown in Slack to those who may approve them, and told to who asked. */
export function requestsInSlack({ engine, messages, firstChannel, digest, now }: RequestParts): Subjects {
  const subjectOf = (request: ApprovalRequest): Subject => {
    const channel = placeOf(request.origin, firstChannel);
    const person = personOf(request, engine);
    return {
      id: request.id,
      version: request.version,
      state: request.state,
      goesOn: !isOver(request) && channel !== null,
      drawings: (sent) => requestDrawings(request, sent, { channel, person, digest }, now()),
      view(part) {
        switch (part) {
          case 'main':
            return requestView(request);
          case 'thread':
            return requestEndedView(request, person);
          case 'loss':
          case 'loss report': {
            const main = messages.find(request.id, 'main');
            return requestLossView(request, main?.channel ?? '', main?.trouble ?? 'unknown');
          }
          default:
            throw new Error(`a request for approval has no ${part} message`);
        }
      },
    };
  };
  return {
    peek(id) {
      const request = engine.peekRequest(id);
      return request && subjectOf(request);
    },
    async *watch(after, signal) {
      for await (const request of engine.watchRequests(after, signal)) yield subjectOf(request);
    },
  };
}

/**
 * What is to be drawn of a request, given the messages that Slack has of it: its message, what became of it under that, and to who asked
 * that the message was lost.
 */
export function requestDrawings(
  request: ApprovalRequest,
  messages: readonly Message[],
  { channel: place, person, digest }: RequestPlaces,
  now: Millis,
): Drawing[] {
  const main = messages.find(({ part }) => part === 'main');
  // Where it is it stays, whatever the configuration says by now.
  const channel = main?.channel ?? place;
  if (channel === null) return [];
  return [
    ...mainOf(request, main, channel, now),
    ...endingOf(request, main, messages, { channel, person }),
    ...(isLost(main) ? lossOf(request, messages, { person, digest }) : []),
  ];
}

function mainOf(request: ApprovalRequest, main: Message | undefined, channel: string, now: Millis): Drawing[] {
  const mayBeThere = main?.ts != null || main?.attemptedAt != null;
  // Nobody is shown any more what nobody could answer: in a shell who asked knows of no message, elsewhere they hear of it all the same.
  const isLate = !isWaiting(request) && (request.origin.door !== 'slack' || main?.trouble != null);
  if (!mayBeThere && isLate) return [];
  const ts = main?.ts ?? null;
  const drawing = { part: 'main', about: 0, channel, thread: null, broadcast: false, ts, settles: false } as const;
  if (isBehind(request, main, now)) {
    const knock = nextKnock(request.state, main);
    return [{ ...drawing, rank: ts === null ? 0 : 1, due: knock ?? dueAt(main), knocks: knock !== null }];
  }
  const isSeen = isWaiting(request) && main?.trouble === null;
  return isSeen ? [{ ...drawing, rank: 5, due: (main.sentAt ?? 0) + betweenLooks, knocks: false }] : [];
}

/** It changes twice or thrice, each time at once; only clicks on what is out of date may be many. */
function dueAt(main: Message | undefined): Millis {
  const isRedrawn = main?.sentVersion === 0 && main.editedAt !== null;
  return isRedrawn ? (main.editedAt ?? 0) + atMostEvery : 0;
}

/** What became of it, to who asked: in its thread, or to them alone where it never came to be, or was known to be lost while it still waited. */
function endingOf(
  request: ApprovalRequest,
  main: Message | undefined,
  messages: readonly Message[],
  { channel, person }: { readonly channel: string; readonly person: string | null },
): Drawing[] {
  if (!isOver(request)) return [];
  const thread = threadOf(main);
  if (thread !== null) {
    const said = messages.find(({ part }) => part === 'thread');
    // The warnings of what was started are noted right after that it was.
    const isWarnedSince = said?.settled === 1 && said.trouble === null && request.version > said.sentVersion;
    if (isWarnedSince) return [aside('thread', channel, said, { thread, rank: 2, settles: true })];
    return saidOnce('thread', channel, messages, { thread, rank: 2 });
  }
  const neverCame = main?.ts === null && main.trouble !== null;
  const wasTold = messages.some(({ part, sentState }) => part === 'loss' && sentState === 'waiting');
  return neverCame || wasTold ? saidOnce('thread', person, messages, { thread, rank: 2 }) : [];
}

/** That its message was lost: while it waits, since nobody sees it any more who could approve it, or with what became of it. */
function lossOf(
  request: ApprovalRequest,
  messages: readonly Message[],
  { person, digest }: Pick<RequestPlaces, 'person' | 'digest'>,
): Drawing[] {
  // What is being started has started, or not, in a moment: that is what everybody waits for.
  if (request.state === 'starting') return [];
  return [
    ...saidOnce('loss', person, messages, { thread: null, rank: 2 }),
    ...saidOnce('loss report', digest, messages, { thread: null, rank: 3 }),
  ];
}

/** Nothing becomes of it any more. */
function isOver(request: ApprovalRequest): boolean {
  return !isWaiting(request) && request.state !== 'starting';
}

/** Where those read it who may approve it; what was asked in a shell, or a direct message, no lead would read there. */
function placeOf(origin: Origin, firstChannel: string | null): string | null {
  if (origin.door !== 'slack') return firstChannel;
  return origin.channel.startsWith('D') ? (firstChannel ?? origin.channel) : origin.channel;
}

/** Who asked, as Slack knows them. */
function personOf({ origin, orderedBy }: ApprovalRequest, engine: Pick<Engine, 'slackUserNamed'>): string | null {
  return origin.door === 'slack' ? origin.user : slackUserOf([orderedBy], engine);
}
