import { EventEmitter, once } from 'node:events';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { type Capture, isOpen, type Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import { isPassing } from '../database.ts';
import { asidesOf, type Places } from './asides.ts';
import { attempts } from './attempts.ts';
import { bell } from './bell.ts';
import { betweenKnocks, type Drawing, drawingsOf, nextDrawing } from './drawing.ts';
import type { Message, Messages, Part } from './messages.ts';
import { type NewBlocks, newBlocks } from './new-blocks.ts';
import { pace } from './pace.ts';
import { persistently } from './persistently.ts';
import { type Attempt, mayReopen, type Said, say } from './saying.ts';
import type { View } from './views/view.ts';

/** Slack takes about fifty edits a minute (tier 3); some of them stay for people's own. */
const editsPerMinute = 40;
/** Of these at least so many are not for progress, but for what people wait for; and at least so many are for progress. */
const leastKept = 10;
const leastForProgress = 8;
/** About one a second in each channel (SLACK.md 3). */
const postsPerMinute = 60;
/** Of these so many are for what a person waits for. */
const postsKept = 20;
const nextTry: Millis = 5_000;
const nothingToDo: Millis = 60_000;

export interface FollowParts {
  readonly engine: Pick<Engine, 'peek' | 'watch'>;
  readonly messages: Messages;
  readonly slack: WebClient;
  /** @param about the deadline that a question is about */
  readonly viewOf: (capture: Capture, part: Part, now: Millis, about: Millis) => View;
  readonly placesOf: (capture: Capture) => Places;
  /** Told what was thrown: perhaps the bot's token is refused. */
  readonly doubt: (error: unknown) => void;
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
  /** The last version that was heard of. */
  #heard = 0;
  readonly #behind = new Set<string>();
  readonly #stale = new Set<string>();
  readonly #alive = new Set<string>();
  /** Since when a message has been behind, by its name. */
  readonly #since = new Map<string, Millis>();
  readonly #notBefore = new Map<string, Millis>();
  /** What Slack took, and the registry has not: to be noted before the message is said again. */
  readonly #unnoted = new Map<string, () => Promise<void>>();
  readonly #attempt: (message: Message) => Attempt;
  readonly #edits = pace(editsPerMinute, { steady: true });
  readonly #posts = pace(postsPerMinute);
  readonly #newBlocks: NewBlocks;
  readonly #settled = new EventEmitter().setMaxListeners(0);
  readonly #bell = bell();
  readonly #closing = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: FollowParts) {
    this.#parts = parts;
    this.#newBlocks = newBlocks(parts.now);
    this.#attempt = attempts(parts);
  }

  /** Follows until it is closed; rejects when it cannot go on. */
  run(): Promise<unknown> {
    const here = { log: this.#parts.log, signal: this.#closing.signal };
    this.#running = Promise.all([persistently(() => this.#hear(), here), persistently(() => this.#draw(), here)]);
    return this.#running;
  }

  /**
   * Draws a capture's message again, changed or not: somebody clicked on one that is out of date.
   * @param about the deadline of the question that they answered, where it was one
   */
  redraw(id: string, about: Millis = 0): void {
    this.#stale.add(about === 0 ? id : `${id} ${about}`);
    this.#noteBehind(id);
  }

  /** Says in a capture's thread what its analyst should know of it. */
  async warn(id: string, warnings: readonly string[]): Promise<void> {
    if (warnings.length === 0) return;
    await this.#parts.messages.keepWarnings(id, warnings);
    this.#noteBehind(id);
  }

  /** How far Slack is behind: an edit that waits for its turn only is not, one that Slack does not take is. */
  behind(): Behind {
    const now = this.#parts.now();
    const waits = [...this.#behind].flatMap((id) => {
      const capture = this.#parts.engine.peek(id);
      const wanted = capture === undefined ? [] : this.#drawings(capture).filter(({ due }) => due <= now);
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
      const next = nextDrawing(this.#left(true), now);
      if (signal.aborted || next === undefined || next.due > now) return;
      await this.#showOrWait(next);
    }
  }

  async #hear(): Promise<void> {
    for await (const capture of this.#parts.engine.watch(this.#heard, this.#closing.signal)) {
      this.#noteLife(capture);
      if (this.#drawings(capture).length > 0) this.#noteBehind(capture.id);
      this.#heard = capture.version;
    }
  }

  async #draw(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const now = this.#parts.now();
      const paced = this.#left(false).map((each) => ({
        ...each,
        due: Math.max(each.due, now + this.#wait(each, now)),
      }));
      const next = nextDrawing(paced, now);
      const wait = next === undefined ? nothingToDo : next.due - now;
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
  #noteLife({ id, state, channel }: Capture): void {
    if (isOpen(state) && channel !== null) this.#alive.add(id);
    else this.#alive.delete(id);
  }

  #noteBehind(id: string): void {
    this.#behind.add(id);
    this.#bell.ring();
  }

  /** @param last whether endings come at once, for the bot goes */
  #left(last: boolean): Drawing[] {
    return [...this.#behind].flatMap((id) => {
      const capture = this.#parts.engine.peek(id);
      const drawings = capture === undefined ? [] : this.#drawings(capture);
      if (drawings.length === 0) this.#behind.delete(id);
      return drawings.map((drawing) => {
        if (!this.#since.has(nameOf(drawing))) this.#since.set(nameOf(drawing), this.#parts.now());
        const due = last && !isOpen(drawing.capture.state) ? 0 : drawing.due;
        const keys = [limitOf(drawing), nameOf(drawing), ...(drawing.knocks ? [doorOf(drawing)] : [])];
        const notBefore = keys.map((key) => this.#notBefore.get(key) ?? 0);
        return { ...drawing, due: Math.max(due, ...notBefore) };
      });
    });
  }

  /** One edit of a minute's is kept for the ending of each capture that runs: all may end at once, and be shown so. */
  #wait({ ts, rank }: Drawing, now: Millis): Millis {
    const isUrgent = rank <= 1;
    if (ts === null) return this.#posts.wait(now, isUrgent ? 0 : postsKept);
    const kept = Math.min(Math.max(leastKept, this.#alive.size), editsPerMinute - leastForProgress);
    return this.#edits.wait(now, isUrgent ? 0 : kept);
  }

  #drawings(capture: Capture): Drawing[] {
    if (capture.channel === null) return [];
    const all = this.#parts.messages.of(capture.id).map((message) => this.#asSeen(message));
    const part = (name: Part) => all.find((message) => message.part === name);
    const sent = { messages: all, warned: this.#parts.messages.warnings(capture.id).length > 0 };
    return [
      ...drawingsOf(capture, part('main'), part('thread'), this.#parts.now()),
      ...asidesOf(capture, sent, this.#parts.placesOf(capture)),
    ];
  }

  /** A message as somebody sees it whose click showed that they see an older one. */
  #asSeen(message: Message): Message {
    return this.#stale.has(staleName(message)) ? { ...message, sentVersion: 0, sentState: null, settled: 0 } : message;
  }

  async #show(drawing: Drawing): Promise<void> {
    const { capture, part, channel } = drawing;
    const { messages, now } = this.#parts;
    this.#noteLife(capture);
    const noteLast = this.#unnoted.get(nameOf(drawing));
    if (noteLast !== undefined) return noteLast();
    const message = await messages.claim({ capture: capture.id, part, about: drawing.about }, channel);
    (message.ts === null ? this.#posts : this.#edits).took(now());
    const said = await this.#say(drawing, message);
    const note = async () => {
      await this.#note(said, drawing, message);
      this.#unnoted.delete(nameOf(drawing));
      if (part === 'main') this.#settled.emit(capture.id);
    };
    this.#unnoted.set(nameOf(drawing), note);
    await note();
  }

  async #say({ capture, part, about, channel, thread }: Drawing, message: Message): Promise<Said> {
    const { op, ts } = message;
    try {
      const view = this.#parts.viewOf(capture, part, this.#parts.now(), about);
      const broadcast = part === 'thread' && (capture.state === 'died' || capture.state === 'failed');
      const attempt = this.#attempt(message);
      return await say(this.#parts.slack, { channel, ts, thread, broadcast, op, attempt, ...view }, this.#newBlocks);
    } catch (error) {
      return { outcome: 'failed', error };
    }
  }

  async #note(said: Said, drawing: Drawing, message: Message): Promise<void> {
    const { capture, part, channel } = drawing;
    const { messages, log, now } = this.#parts;
    const shown = { version: capture.version, state: capture.state, at: now(), settled: drawing.settles };
    switch (said.outcome) {
      case 'said':
        this.#stale.delete(staleName(message));
        this.#since.delete(nameOf(drawing));
        await messages.markSent(message, said.ts, shown);
        this.#notBefore.delete(doorOf(drawing));
        break;
      case 'lost':
        this.#stale.delete(staleName(message));
        this.#since.delete(nameOf(drawing));
        if (message.trouble !== said.trouble)
          log.warn({ capture: capture.id, part, channel, slack: said.trouble }, 'message lost');
        await messages.markLost(message, said.trouble, shown);
        if (mayReopen(said.trouble)) this.#notBefore.set(doorOf(drawing), now() + betweenKnocks);
        break;
      case 'unsure':
        this.#notBefore.set(nameOf(drawing), now() + said.wait);
        break;
      case 'limited':
        this.#notBefore.set(limitOf(drawing), now() + said.wait);
        break;
      case 'failed':
        log.warn({ err: said.error, capture: capture.id, part, channel }, 'message not drawn, next try follows');
        this.#parts.doubt(said.error);
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

/** One message at a time tries whether a channel is open again. */
function doorOf({ channel }: Drawing): string {
  return `door ${channel}`;
}

/** One message that fails must not hold up another. */
function nameOf({ capture, part, about }: Drawing): string {
  return `${capture.id} ${part} ${about}`;
}

/** What a click on it is noted under: a capture's message, or one of its questions. */
function staleName({ capture, part, about }: Message): string {
  return part === 'main' || part === 'question' ? (about === 0 ? capture : `${capture} ${about}`) : '';
}
