import { EventEmitter, once } from 'node:events';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import { isPassing } from '../database.ts';
import { bell } from './bell.ts';
import { betweenKnocks, type Drawing, nextDrawing, type Subject, type Subjects, type Turn } from './drawing.ts';
import { held } from './held.ts';
import type { Message, Messages } from './messages.ts';
import { persistently } from './persistently.ts';
import { mayReopen, type Said } from './saying.ts';
import { showing } from './showing.ts';
import { slackPace } from './slack-pace.ts';
import { stale } from './stale.ts';

const nextTry: Millis = 5_000;
const nothingToDo: Millis = 60_000;

export interface FollowParts {
  /** What messages are about: captures, requests for approval. */
  readonly subjects: readonly Subjects[];
  readonly messages: Messages;
  readonly slack: WebClient;
  /** Told what was thrown: perhaps the bot's token is refused. */
  readonly doubt: (error: unknown) => void;
  readonly log: Logger;
  readonly now: () => Millis;
}

/** Messages that are due and do not show what they are about as it is. */
export interface Behind {
  readonly messages: number;
  /** For how long the one that waits longest has been due; 0 where there is none. */
  readonly oldest: Millis;
}

/**
 * Keeps messages in Slack as the registry has what they are about, whatever happened to the bot or to Slack meanwhile: what to draw comes
 * from comparing the subject's version with the message's, never from an event. Latest wins; endings come before progress.
 */
export class Follow {
  readonly #parts: FollowParts;
  readonly #behind = new Set<string>();
  readonly #stale = stale();
  /** What has an ending to come. */
  readonly #goOn = new Set<string>();
  /** Since when a message has been behind, by its name. */
  readonly #since = new Map<string, Millis>();
  /** What Slack took, and the registry has not: to be noted before the message is said again. */
  readonly #unnoted = new Map<string, () => Promise<void>>();
  readonly #held = held();
  readonly #pace = slackPace();
  readonly #say: ReturnType<typeof showing>;
  readonly #settled = new EventEmitter().setMaxListeners(0);
  readonly #bell = bell();
  readonly #closing = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: FollowParts) {
    this.#parts = parts;
    this.#say = showing(parts);
  }

  /** Follows until it is closed; rejects when it cannot go on. */
  run(): Promise<unknown> {
    const here = { log: this.#parts.log, signal: this.#closing.signal };
    const hearing = this.#parts.subjects.map((subjects) => {
      // The last version that was heard of.
      let heard = 0;
      return persistently(async () => {
        for await (const subject of subjects.watch(heard, here.signal)) {
          this.#noteLife(subject);
          if (this.#drawings(subject).length > 0) this.#noteBehind(subject.id);
          heard = subject.version;
        }
      }, here);
    });
    this.#running = Promise.all([...hearing, persistently(() => this.#draw(), here)]);
    return this.#running;
  }

  /**
   * Draws a message again, changed or not: somebody clicked on one that is out of date.
   * @param about the deadline of the question that they answered, where it was one
   */
  redraw(id: string, about: Millis = 0): void {
    this.#stale.note(id, about);
    this.#noteBehind(id);
  }

  /** Says in a capture's thread what its analyst should know of it. */
  async warn(id: string, warnings: readonly string[]): Promise<void> {
    if (warnings.length === 0) return;
    try {
      await this.#parts.messages.keepWarnings(id, warnings);
    } catch (error) {
      // Its person has them in the answer, too; and what runs is not to pass for failed.
      if (!isPassing(error)) throw error;
      this.#parts.log.error({ subject: id, warnings, err: error }, 'warnings not kept for the thread');
    }
    this.#noteBehind(id);
  }

  /** How far Slack is behind: an edit that waits for its turn only is not, one that Slack does not take is. */
  behind(): Behind {
    const now = this.#parts.now();
    const due = [...this.#behind].flatMap((id) => this.#turns(id)).filter((turn) => turn.due <= now);
    const waits = due.map((turn) => now - Math.max(turn.due, this.#since.get(turn.name) ?? now));
    return { messages: waits.length, oldest: Math.max(0, ...waits) };
  }

  /**
   * Resolves once the message is in its channel, with null, or with Slack's word for why it is not; `late` when neither has happened
   * within so many milliseconds.
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
    for (const id of this.#goOn) this.#behind.add(id);
    for (;;) {
      const now = this.#parts.now();
      const next = nextDrawing(this.#left(true), now);
      if (signal.aborted || next === undefined || next.due > now) return;
      await this.#showOrWait(next);
    }
  }

  async #draw(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const now = this.#parts.now();
      const paced = this.#left(false).map((turn) => ({
        ...turn,
        due: Math.max(turn.due, now + this.#pace.wait(turn, now, this.#goOn.size)),
      }));
      const next = nextDrawing(paced, now);
      const wait = next === undefined ? nothingToDo : next.due - now;
      if (next === undefined || wait > 0) await this.#bell.heard(wait, this.#closing.signal);
      else await this.#showOrWait(next);
    }
  }

  /** What the registry does not take now is shown later: what was said without being noted is said once all the same. */
  async #showOrWait(turn: Turn): Promise<void> {
    try {
      await this.#show(turn);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#parts.log.warn({ subject: turn.subject.id, err: error }, 'not drawn, next try follows');
      this.#held.fail(turn, this.#parts.now() + nextTry);
    }
  }

  /** A subject may be drawn before it is heard of: both say whether there is an ending to come. */
  #noteLife({ id, goesOn }: Subject): void {
    if (goesOn) this.#goOn.add(id);
    else this.#goOn.delete(id);
  }

  #noteBehind(id: string): void {
    this.#behind.add(id);
    this.#bell.ring();
  }

  /** @param last whether endings come at once, for the bot goes */
  #left(last: boolean): Turn[] {
    return [...this.#behind].flatMap((id) => {
      const turns = this.#turns(id);
      if (turns.length === 0) this.#behind.delete(id);
      return turns.map((turn) => {
        if (!this.#since.has(turn.name)) this.#since.set(turn.name, this.#parts.now());
        const due = last && !turn.subject.goesOn ? 0 : turn.due;
        return { ...turn, due: Math.max(due, this.#held.until(turn)) };
      });
    });
  }

  #turns(id: string): Turn[] {
    const [subject] = this.#parts.subjects.flatMap((subjects) => subjects.peek(id) ?? []);
    if (subject === undefined) return [];
    return this.#drawings(subject).map((drawing) => {
      return { ...drawing, subject, name: `${id} ${drawing.part} ${drawing.about}` };
    });
  }

  #drawings(subject: Subject): readonly Drawing[] {
    return subject.drawings(this.#parts.messages.of(subject.id).map(this.#stale.asSeen));
  }

  async #show(turn: Turn): Promise<void> {
    const { subject, part, about, channel, name } = turn;
    const { messages, now } = this.#parts;
    this.#noteLife(subject);
    const noteLast = this.#unnoted.get(name);
    if (noteLast !== undefined) return noteLast();
    const message = await messages.claim({ capture: subject.id, part, about }, channel);
    this.#pace.took(message.ts, now());
    const said = await this.#say(turn, message);
    const note = async () => {
      await this.#note(said, turn, message);
      this.#unnoted.delete(name);
      if (part === 'main') this.#settled.emit(subject.id);
    };
    this.#unnoted.set(name, note);
    await note();
  }

  async #note(said: Said, turn: Turn, message: Message): Promise<void> {
    const { subject, part, channel, name } = turn;
    const { messages, log, now } = this.#parts;
    const shown = { version: subject.version, state: subject.state, at: now(), settled: turn.settles };
    switch (said.outcome) {
      case 'said':
        this.#stale.forget(message);
        this.#since.delete(name);
        await messages.markSent(message, said.ts, shown);
        this.#held.open(turn);
        break;
      case 'lost':
        this.#stale.forget(message);
        this.#since.delete(name);
        if (message.trouble !== said.trouble)
          log.warn({ subject: subject.id, part, channel, slack: said.trouble }, 'message lost');
        await messages.markLost(message, said.trouble, shown);
        if (mayReopen(said.trouble)) this.#held.shut(turn, now() + betweenKnocks);
        break;
      case 'unsure':
        this.#held.fail(turn, now() + said.wait);
        break;
      case 'limited':
        this.#held.limit(turn, now() + said.wait);
        break;
      case 'failed':
        log.warn({ err: said.error, subject: subject.id, part, channel }, 'message not drawn, next try follows');
        this.#parts.doubt(said.error);
        this.#held.fail(turn, now() + nextTry);
        break;
      default:
        said satisfies never;
    }
  }
}
