import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { type Capture, isOpen, type Millis, type State } from '../../capture/capture.ts';
import type { Engine } from '../../capture/door.ts';
import { bell } from '../bell.ts';
import { pace } from '../pace.ts';
import { persistently } from '../persistently.ts';
import type { HomeNow } from './drawing.ts';
import { dueAt, moreUrgent, nextOf, type Reason } from './due.ts';
import type { Opened, OpenedHomes } from './opened.ts';

/** Slack takes a hundred and more a minute (tier 4). */
const publishedPerMinute = 80;
const nextTry: Millis = 5_000;
const longestTry: Millis = 5 * 60_000;
const nothingToDo: Millis = 60_000;

/** Slack's words for who has no Home with us. */
const homeless = new Set(['not_enabled', 'user_not_found', 'users_not_found', 'user_disabled', 'missing_scope']);

export interface HomesParts {
  readonly engine: Pick<Engine, 'standing' | 'watch' | 'waiting' | 'watchRequests'>;
  readonly opened: OpenedHomes;
  readonly slack: WebClient;
  /** @param known what the Home that they have tells; null is asked for anew whatever it tells */
  readonly homeOf: (opened: Opened, known: string | null) => Promise<HomeNow | null>;
  readonly log: Logger;
  readonly now: () => Millis;
}

/** A Home that is kept true. */
interface Kept extends Opened {
  reason: Reason;
  lookedAt: Millis | null;
  drawnAt: Millis | null;
  notBefore: Millis;
  failures: number;
  /** What the one that Slack has tells. */
  tells: string | null;
  /** Slack's name for the one that it has: of two publishings that overtake each other the older is refused. */
  hash: string | undefined;
}

/**
 * Keeps the Home of everybody who opened theirs within the last hour as the registry has it: when a capture changes, and now and then for
 * the rest. Each person's are published one after the other, so that the later state stays; what tells nothing new is not published.
 */
export class Homes {
  readonly #parts: HomesParts;
  readonly #homes = new Map<string, Kept>();
  /** Whom Slack has no Home for. */
  readonly #homeless = new Set<string>();
  readonly #under = new Map<string, Promise<void>>();
  readonly #states = new Map<string, State>();
  readonly #pace = pace(publishedPerMinute);
  readonly #bell = bell();
  readonly #closing = new AbortController();
  #notBefore: Millis = 0;

  constructor(parts: HomesParts) {
    this.#parts = parts;
  }

  /** Keeps them until it is closed; rejects when it cannot go on. */
  async run(): Promise<void> {
    const here = { log: this.#parts.log, signal: this.#closing.signal };
    await Promise.all([
      persistently(() => this.#hear(), here),
      persistently(() => this.#hearRequests(), here),
      this.#draw(),
    ]);
  }

  /** Draws the Home of somebody who opened it, or clicked in it. */
  async opened(opened: Opened): Promise<void> {
    await this.#parts.opened.note(opened);
    this.#homeless.delete(opened.user);
    this.#keep(opened, 'asked');
    this.#bell.ring();
  }

  /** Draws nothing any more; resolves when what is under way has settled. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#under.values());
  }

  #keep({ user, team }: Opened, reason: Reason): void {
    const kept = this.#homes.get(user);
    if (kept !== undefined) kept.reason = moreUrgent(kept.reason, reason);
    else {
      const fresh = { lookedAt: null, drawnAt: null, notBefore: 0, failures: 0, tells: null, hash: undefined };
      this.#homes.set(user, { user, team, reason, ...fresh });
    }
  }

  /** What changed may be in any of them: who draws one sees whether it is. */
  async #hear(): Promise<void> {
    const { version, open } = this.#parts.engine.standing(null, 0);
    for (const { id, state } of open) this.#states.set(id, state);
    // What was missed while nobody listened.
    this.#markAll('turned');
    const changes = this.#parts.engine.watch(version, this.#closing.signal);
    for await (const capture of changes) this.#markAll(this.#changeOf(capture));
  }

  async #hearRequests(): Promise<void> {
    const { engine } = this.#parts;
    const seen = Math.max(0, ...engine.waiting().map(({ version }) => version));
    this.#markAll('turned');
    for await (const _ of engine.watchRequests(seen, this.#closing.signal)) this.#markAll('turned');
  }

  #changeOf({ id, state }: Capture): Reason {
    const before = this.#states.get(id);
    if (isOpen(state)) this.#states.set(id, state);
    else this.#states.delete(id);
    return before === state ? 'moved' : 'turned';
  }

  #markAll(reason: Reason): void {
    for (const opened of this.#parts.opened.lately()) if (!this.#homeless.has(opened.user)) this.#keep(opened, reason);
    this.#bell.ring();
  }

  async #draw(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const now = this.#parts.now();
      const idle = [...this.#homes.values()].filter(({ user }) => !this.#under.has(user));
      const next = nextOf(idle, now);
      const due = next === undefined ? now + nothingToDo : Math.max(dueAt(next, now), this.#notBefore);
      const wait = Math.max(due - now, this.#pace.wait(now));
      if (next === undefined || wait > 0) await this.#bell.heard(Math.max(1, wait), signal);
      else this.#begin(next);
    }
  }

  #begin(home: Kept): void {
    const drawing = this.#publish(home).finally(() => {
      this.#under.delete(home.user);
      this.#bell.ring();
    });
    this.#under.set(home.user, drawing);
  }

  /** Never rejects: a Home that is not drawn is drawn later. */
  async #publish(home: Kept): Promise<void> {
    const { slack, homeOf, opened, now } = this.#parts;
    const { user, reason, hash } = home;
    // Before anything is read: what changes from here on is drawn after.
    home.reason = 'old';
    home.lookedAt = now();
    try {
      if (!opened.lately().some((one) => one.user === user)) return void this.#homes.delete(user);
      const drawn = await homeOf(home, reason === 'asked' || reason === 'old' ? null : home.tells);
      if (drawn === null || this.#closing.signal.aborted) return;
      this.#pace.took(now());
      const { view } = await slack.views.publish({
        user_id: user,
        view: drawn.view,
        ...(hash === undefined ? {} : { hash }),
      });
      Object.assign(home, { tells: drawn.tells, hash: view?.hash, drawnAt: now(), failures: 0 });
      const again = () => {
        home.reason = 'asked';
        this.#bell.ring();
      };
      drawn.healthToCome?.then(again, again);
    } catch (error) {
      home.reason = moreUrgent(home.reason, reason);
      this.#failed(home, error);
    }
  }

  #failed(home: Kept, error: unknown): void {
    const { log, now } = this.#parts;
    if (error instanceof WebAPIRateLimitedError) {
      this.#notBefore = now() + error.retryAfter * 1_000;
      return;
    }
    const word = error instanceof WebAPIPlatformError ? error.data.error : null;
    if (word === 'hash_conflict') {
      // Another picture than ours is there: this one is newer.
      home.hash = undefined;
      home.lookedAt = null;
      return;
    }
    log.warn({ err: error, user: home.user }, 'home not drawn');
    if (word !== null && homeless.has(word)) {
      this.#homeless.add(home.user);
      this.#homes.delete(home.user);
    }
    home.notBefore = now() + Math.min(longestTry, nextTry * 2 ** home.failures);
    home.failures += 1;
  }
}
