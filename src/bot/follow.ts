import { EventEmitter, once } from 'node:events';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { type Capture, isOpen, type Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { isPassing } from '../database.ts';
import { bell } from './bell.ts';
import { type Drawing, drawingsOf, nextDrawing } from './drawing.ts';
import type { Message, Messages, Part } from './messages.ts';
import { pace } from './pace.ts';
import { type Said, say } from './saying.ts';
import type { View } from './views/view.ts';

/** Slack takes about fifty edits a minute (tier 3); some of them stay for people's own. */
const editsPerMinute = 40;
const editsAtOnce = 8;
const nextTry: Millis = 5_000;
const nothingToDo: Millis = 60_000;

export interface FollowParts {
  readonly engine: Pick<Engine, 'peek' | 'watch'>;
  readonly messages: Messages;
  readonly slack: WebClient;
  readonly viewOf: (capture: Capture, part: Part, now: Millis) => View;
  readonly log: Logger;
  readonly now: () => Millis;
}

/** Messages that are due and do not show their captures as they are. */
export interface Behind {
  readonly messages: number;
  /** For how long the one that waits longest has been due; 0 where there is none. */
  readonly oldest: Millis;
}

/**
 * Keeps each capture's message in Slack as the registry has it, whatever happened to the bot or to Slack meanwhile: what to draw comes
 * from comparing the capture's version with the message's, never from an event. Latest wins; endings come before progress.
 */
export class Follow {
  readonly #parts: FollowParts;
  readonly #behind = new Set<string>();
  readonly #stale = new Set<string>();
  readonly #alive = new Set<string>();
  /** Since when a message has been behind, by its name. */
  readonly #since = new Map<string, Millis>();
  readonly #notBefore = new Map<string, Millis>();
  /** What Slack took, and the registry has not: to be noted before the message is said again. */
  readonly #unnoted = new Map<string, () => void>();
  readonly #pace = pace(editsPerMinute, editsAtOnce);
  readonly #settled = new EventEmitter().setMaxListeners(0);
  readonly #bell = bell();
  readonly #closing = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: FollowParts) {
    this.#parts = parts;
  }

  /** Follows until it is closed; rejects when it cannot go on. */
  run(): Promise<unknown> {
    this.#running = Promise.all([this.#hear(), this.#draw()]);
    return this.#running;
  }

  /** Draws a capture's message again, changed or not: somebody clicked on one that is out of date. */
  redraw(id: string): void {
    this.#stale.add(id);
    this.#noteBehind(id);
  }

  /** How far Slack is behind: an edit that waits for its turn only is not, one that Slack does not take is. */
  behind(): Behind {
    const now = this.#parts.now();
    const waits = [...this.#behind].flatMap((id) => {
      const capture = this.#parts.engine.peek(id);
      const wanted = capture === undefined ? [] : this.#wanted(capture).filter(({ due }) => due <= now);
      return wanted.map((drawing) => now - Math.max(drawing.due, this.#since.get(nameOf(drawing)) ?? now));
    });
    return { messages: waits.length, oldest: Math.max(0, ...waits) };
  }

  /**
   * Resolves once the capture's message is in its channel, with null, or with Slack's word for why it is not; `late` when neither
   * has happened within so many milliseconds.
   */
  async posted(id: string, within: Millis): Promise<string | null> {
    this.#noteBehind(id);
    const signal = AbortSignal.timeout(within);
    for (;;) {
      const message = this.#parts.messages.find(id, 'main');
      if (message?.trouble != null) return message.trouble;
      if (message?.ts != null) return null;
      await once(this.#settled, id, { signal }).catch(() => {});
      if (signal.aborted) return 'late';
    }
  }

  /** Stops following, then draws the endings that are left until the signal aborts. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closing.abort();
    await this.#running.catch(() => {});
    for (const id of this.#alive) this.#behind.add(id);
    for (;;) {
      const now = this.#parts.now();
      const next = this.#next(now);
      if (signal.aborted || next === undefined || next.due > now) return;
      await this.#showOrWait(next);
    }
  }

  async #hear(): Promise<void> {
    for await (const capture of this.#parts.engine.watch(0, this.#closing.signal)) {
      this.#noteLife(capture);
      if (this.#drawings(capture).length > 0) this.#noteBehind(capture.id);
    }
  }

  async #draw(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const now = this.#parts.now();
      const next = this.#next(now);
      const wait = next === undefined ? nothingToDo : Math.max(next.due - now, this.#pace.wait(now));
      if (next === undefined || wait > 0) await this.#bell.heard(wait, this.#closing.signal);
      else await this.#showOrWait(next);
    }
  }

  /** What the registry does not take now is shown later: what was said without being noted is said once all the same. */
  async #showOrWait(drawing: Drawing): Promise<void> {
    try {
      await this.#show(drawing);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#parts.log.warn({ capture: drawing.capture.id, err: error }, 'not drawn, next try follows');
      this.#notBefore.set(nameOf(drawing), this.#parts.now() + nextTry);
    }
  }

  /** A capture may be drawn before it is heard of: both say whether there is an ending to come. */
  #noteLife({ id, state }: Capture): void {
    if (isOpen(state)) this.#alive.add(id);
    else this.#alive.delete(id);
  }

  #noteBehind(id: string): void {
    this.#behind.add(id);
    this.#bell.ring();
  }

  #next(now: Millis): Drawing | undefined {
    const drawings = [...this.#behind].flatMap((id) => {
      const capture = this.#parts.engine.peek(id);
      const drawings = capture === undefined ? [] : this.#drawings(capture);
      if (drawings.length === 0) this.#behind.delete(id);
      return drawings;
    });
    return nextDrawing(drawings, now);
  }

  #drawings(capture: Capture): Drawing[] {
    const now = this.#parts.now();
    return this.#wanted(capture).map((drawing) => {
      if (!this.#since.has(nameOf(drawing))) this.#since.set(nameOf(drawing), now);
      const notBefore = [limitOf(drawing), nameOf(drawing)].map((key) => this.#notBefore.get(key) ?? 0);
      return { ...drawing, due: Math.max(drawing.due, ...notBefore) };
    });
  }

  /** What is to be drawn of a capture, whatever Slack takes just now. */
  #wanted(capture: Capture): Drawing[] {
    const { messages } = this.#parts;
    const main = messages.find(capture.id, 'main');
    const shown =
      main !== undefined && this.#stale.has(capture.id) ? { ...main, sentVersion: 0, sentState: null } : main;
    return drawingsOf(capture, shown, messages.find(capture.id, 'thread'));
  }

  async #show(drawing: Drawing): Promise<void> {
    const { capture, part, channel } = drawing;
    const { messages, now } = this.#parts;
    this.#noteLife(capture);
    const noteLast = this.#unnoted.get(nameOf(drawing));
    if (noteLast !== undefined) return noteLast();
    const message = messages.claim(capture.id, part, channel);
    const thread = part === 'thread' ? (messages.find(capture.id, 'main')?.ts ?? null) : null;
    this.#pace.took(now());
    const said = await this.#say(drawing, message, thread);
    const note = () => {
      this.#note(said, drawing, message);
      this.#unnoted.delete(nameOf(drawing));
      if (part === 'main') this.#settled.emit(capture.id);
    };
    this.#unnoted.set(nameOf(drawing), note);
    note();
  }

  async #say({ capture, part, channel }: Drawing, { op, ts }: Message, thread: string | null): Promise<Said> {
    try {
      const view = this.#parts.viewOf(capture, part, this.#parts.now());
      const broadcast = capture.state === 'died' || capture.state === 'failed';
      return await say(this.#parts.slack, { channel, ts, thread, broadcast, op, ...view });
    } catch (error) {
      return { outcome: 'failed', error };
    }
  }

  #note(said: Said, drawing: Drawing, message: Message): void {
    const { capture, part, channel } = drawing;
    const { messages, log, now } = this.#parts;
    const shown = { version: capture.version, state: capture.state, at: now() };
    switch (said.outcome) {
      case 'said':
        if (part === 'main') this.#stale.delete(capture.id);
        this.#since.delete(nameOf(drawing));
        messages.markSent(message, said.ts, shown);
        break;
      case 'lost':
        this.#stale.delete(capture.id);
        this.#since.delete(nameOf(drawing));
        log.warn({ capture: capture.id, part, channel, slack: said.trouble }, 'message lost');
        messages.markLost(message, said.trouble, shown);
        break;
      case 'limited':
        this.#notBefore.set(limitOf(drawing), now() + said.wait);
        break;
      case 'failed':
        log.warn({ err: said.error, capture: capture.id, part, channel }, 'message not drawn, next try follows');
        this.#notBefore.set(nameOf(drawing), now() + nextTry);
        break;
      default:
        said satisfies never;
    }
  }
}

/** What a 429 is about: all edits, or new messages in one channel. */
function limitOf({ ts, channel }: Drawing): string {
  return ts === null ? `posts ${channel}` : 'edits';
}

/** One message that fails must not hold up another. */
function nameOf({ capture, part }: Drawing): string {
  return `${capture.id} ${part}`;
}
