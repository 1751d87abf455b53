import { EventEmitter, once } from 'node:events';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { type ApprovalRequest, isWaiting } from '../capture/approval.ts';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { isPassing } from '../database.ts';
import { attempts } from './attempts.ts';
import { bell } from './bell.ts';
import { betweenKnocks } from './drawing.ts';
import type { Message, Messages, Part } from './messages.ts';
import { newBlocks } from './new-blocks.ts';
import { persistently } from './persistently.ts';
import { mayReopen, say } from './saying.ts';
import { requestEndedView, requestView } from './views/request.ts';

const nextTry: Millis = 5_000;
const nothingToDo: Millis = 60_000;

export interface RequestParts {
  readonly engine: Pick<Engine, 'peekRequest' | 'watchRequests'>;
  readonly messages: Messages;
  readonly slack: WebClient;
  /** Where the request goes that was made in a channel: to where those read it who may approve it. */
  readonly placeOf: (channel: string) => string;
  readonly log: Logger;
  readonly now: () => Millis;
}

/** The messages of requests for approval. */
export interface RequestMessages {
  /** Follows until it is closed; rejects when it cannot go on. */
  run(): Promise<unknown>;
  /** Draws a request's message again, changed or not: somebody clicked on one that is out of date. */
  redraw(id: string): void;
  /** Resolves with null once the message is in its channel, with Slack's word for why it is not, or `late`; null where it has no channel. */
  posted(id: string, within: Millis): Promise<string | null>;
  /** Stops following, once what is behind was tried a last time. */
  close(signal: AbortSignal): Promise<void>;
}

/**
 * Keeps each request's message in Slack as the registry has it, and tells its requester in the thread what became of it: level-triggered as
 * captures' messages are, and few, so that each change is drawn at once.
 */
export function followRequests({ engine, messages, slack, placeOf, log, now }: RequestParts): RequestMessages {
  const behind = new Set<string>();
  const stale = new Set<string>();
  const wake = bell();
  const settled = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  const notBefore = new Map<string, Millis>();
  const attemptOf = attempts({ messages, log, now });
  const allBlocks = newBlocks(now);
  let running: Promise<unknown> = Promise.resolve();

  const noteBehind = (id: string) => {
    behind.add(id);
    wake.ring();
  };

  const isBehind = (request: ApprovalRequest, message: Message | undefined) =>
    message === undefined ||
    (message.trouble !== null && mayReopen(message.trouble) && isWaiting(request)) ||
    (message.trouble === null &&
      (request.version > message.sentVersion || (message.part === 'main' && stale.has(request.id))));

  /** What is to be drawn of a request: its message, then the word to who asked. */
  const partsBehind = (request: ApprovalRequest): Part[] => {
    const main = messages.find(request.id, 'main');
    if (isBehind(request, main)) return ['main'];
    const isOver = !isWaiting(request) && request.state !== 'starting';
    const isThere = main?.ts != null && main.trouble === null;
    return isOver && isThere && isBehind(request, messages.find(request.id, 'thread')) ? ['thread'] : [];
  };

  async function hear(): Promise<void> {
    for await (const request of engine.watchRequests(0, closing.signal)) noteBehind(request.id);
  }

  async function draw(): Promise<void> {
    while (!closing.signal.aborted) {
      const due = [...behind].map((id) => (notBefore.get(id) ?? 0) - now());
      const wait = Math.min(nothingToDo, ...due);
      if (wait > 0) await wake.heard(wait, closing.signal);
      else await drawDue();
    }
  }

  async function drawDue(): Promise<void> {
    for (const id of [...behind].filter((each) => (notBefore.get(each) ?? 0) <= now())) {
      // Before it is drawn: what changes meanwhile is noted again.
      behind.delete(id);
      const wait = await drawOne(id).catch((error: unknown) => {
        if (!isPassing(error)) throw error;
        log.warn({ request: id, err: error }, 'request not drawn, next try follows');
        return nextTry;
      });
      if (wait === 0) notBefore.delete(id);
      else {
        notBefore.set(id, now() + wait);
        behind.add(id);
      }
    }
  }

  /** Milliseconds until what is left to be drawn is tried again; 0 where nothing is. */
  async function drawOne(id: string): Promise<Millis> {
    for (;;) {
      const request = engine.peekRequest(id);
      if (request === undefined || request.origin.door !== 'slack') return 0;
      const [part] = partsBehind(request);
      if (part === undefined) return 0;
      const channel = placeOf(request.origin.channel);
      const message = await messages.claim({ capture: id, part, about: 0 }, channel);
      const thread = part === 'thread' ? (messages.find(id, 'main')?.ts ?? null) : null;
      const view = part === 'main' ? requestView(request) : requestEndedView(request);
      const { ts, op } = message;
      const saying = { channel, ts, thread, broadcast: false, op, attempt: attemptOf(message), ...view };
      const said = await say(slack, saying, allBlocks);
      const shown = { version: request.version, state: request.state, at: now(), settled: false };
      switch (said.outcome) {
        case 'said':
          if (part === 'main') stale.delete(id);
          await messages.markSent(message, said.ts, shown);
          break;
        case 'lost':
          if (message.trouble !== said.trouble)
            log.warn({ request: id, part, channel, slack: said.trouble }, 'message lost');
          await messages.markLost(message, said.trouble, shown);
          // Whoever may approve it should see it as soon as the channel is open to the bot.
          if (mayReopen(said.trouble) && isWaiting(request)) {
            settled.emit(id);
            return betweenKnocks;
          }
          break;
        case 'unsure':
        case 'limited':
          return said.wait;
        case 'failed':
          log.warn({ err: said.error, request: id, part }, 'request not drawn, next try follows');
          return nextTry;
        default:
          said satisfies never;
      }
      settled.emit(id);
    }
  }

  return {
    run() {
      const here = { log, signal: closing.signal };
      running = Promise.all([persistently(hear, here), persistently(draw, here)]);
      return running;
    },
    redraw(id) {
      stale.add(id);
      noteBehind(id);
    },
    async posted(id, within) {
      if (engine.peekRequest(id)?.origin.door !== 'slack') return null;
      noteBehind(id);
      const signal = AbortSignal.timeout(within);
      for (;;) {
        const message = messages.find(id, 'main');
        if (message?.trouble != null) return message.trouble;
        if (message?.ts != null) return null;
        await once(settled, id, { signal }).catch(() => {});
        if (signal.aborted) return 'late';
      }
    },
    async close(signal) {
      closing.abort();
      await running.catch(() => {});
      if (!signal.aborted) await drawDue().catch(() => {});
    },
  };
}
