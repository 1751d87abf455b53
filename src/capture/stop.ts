import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from './analyst.ts';
import { type Capture, isOpen, type Millis, may, mayStop, stoppedBy, wasStoppedBy } from './capture.ts';
import { CaptureError } from './errors.ts';
import { extendedAlready } from './extend.ts';
import { reconcileJoined } from './joining/join.ts';
import { endLive } from './live/ending.ts';
import { reconcileLive } from './live/reconcile.ts';
import { reconcileSearch } from './past/ending.ts';
import { untilNoted } from './patience.ts';
import { inHand, type Order, type Room, takeOver } from './room.ts';
import { namedLines, quoted } from './selecting.ts';

/** How often another process is asked whether it has come to its end, milliseconds. */
const pollEvery = 50;

/** A slip of the finger is shorter than a word that somebody chose: `grant`, `dns`. */
const shortestWord = 3;

/** What is to be stopped; `seen` is the deadline that was seen, where the order answers a question about it. */
export interface Stopping {
  readonly which: string | readonly string[] | null;
  readonly seen?: Millis | undefined;
}

/**
 * Stops what a selector names among what runs, or these ids; null is all that the person may stop. Resolves with each in its final state.
 * @throws CaptureError `bad_request` without a word, and for one or two letters that are in several captures, `not_found`, `conflict`
 * when it has ended already or was extended since it was seen, `not_allowed`
 */
export async function stop(room: Room, { which, seen }: Stopping, actor: Actor, asked: Order): Promise<Capture[]> {
  const named = namedBy(room, which);
  const allowed = named.filter((capture) => mayStop(actor.analyst, capture));
  if (allowed.length === 0) refuse(room, which, actor, named);
  if (typeof which === 'string') refuseSlip(which, allowed);
  const why = stoppedBy(actor.analyst.name);
  const stopped = await Promise.all(allowed.map((capture) => stopOne(room, capture, { why, seen })));
  const ids = stopped.map(({ id }) => id);
  // Of two who stop one capture at once, the log says whose stop it was.
  const others = stopped.filter((capture) => !wasStoppedBy(capture, actor.analyst.name));
  const ended = others.map((capture) => `${capture.id} ended meanwhile: ${capture.why ?? capture.state}`);
  const ours = stopped.filter((capture) => !others.includes(capture)).map(({ id }) => id);
  const came = [...(ours.length === 0 ? [] : [`stopped ${ours.join(', ')}`]), ...ended];
  const about = ids.length === 1 ? (ids[0] ?? null) : null;
  await room.patiently(() => asked.settle('done', about, came.join('; ')), untilNoted);
  return stopped;
}

/** Why it is to end, and the deadline that was seen. */
interface Wish {
  readonly why: string;
  readonly seen: Millis | undefined;
}

async function stopOne(room: Room, named: Capture, { why, seen }: Wish): Promise<Capture> {
  for (;;) {
    const now = room.registry.byId(named.id) ?? named;
    // Until its tcpdump is known there is nothing to end, but of one that waits to be started again: nobody may start that meanwhile.
    const told = now.why === null ? why : `${why}; ${now.why}`;
    const endWaiting = () => endOne(room, now, { why: told, seen });
    if (room.supervision.isWaiting(now.id) && (await takeOver(room, now.id, endWaiting))) return ended(room, now);
    // A search that waits for its ring's logger hears of it at once.
    if (now.kind === 'past' || now.state !== 'starting') {
      // Held before it is claimed: whoever looks meanwhile leaves it to us.
      await inHand(room, now.id, () => endOne(room, now, { why, seen }));
      return ended(room, now);
    }
    await reconcileLive(room, now);
    await pause(pollEvery);
  }
}

async function endOne(room: Room, capture: Capture, { why, seen }: Wish): Promise<void> {
  if (!may.stop(capture)) return;
  const claim = { ending: 'stopped', why, deadline: seen } as const;
  const claimed = await room.patiently(() => room.registry.markStopping(capture.id, claim));
  const stopping = room.registry.byId(capture.id) ?? capture;
  if (!claimed && seen !== undefined && may.stop(stopping) && stopping.limits.deadline !== seen)
    throw extendedAlready(stopping);
  if (!claimed) return;
  // A search ends itself when it sees that it was told to; whoever claimed a live one before us ends that.
  if (capture.kind === 'live') await endLive(room, stopping, false, () => undefined);
}

async function ended(room: Room, capture: Capture): Promise<Capture> {
  for (;;) {
    const now = room.registry.byId(capture.id) ?? capture;
    if (!isOpen(now.state)) return now;
    // Whoever was to end it may be gone.
    if (now.joined !== null) await reconcileJoined(room, now);
    else await (now.kind === 'past' ? reconcileSearch(room, now) : reconcileLive(room, now));
    await pause(pollEvery);
  }
}

function refuse(room: Room, which: string | readonly string[] | null, actor: Actor, named: readonly Capture[]): never {
  const [other] = named;
  if (other !== undefined && which !== null) {
    throw new CaptureError(
      'not_allowed',
      `${other.id} is ${other.analyst}'s capture: ask ${other.analyst} or a lead to stop it`,
    );
  }
  if (actor.analyst.role === 'viewer')
    throw new CaptureError('not_allowed', `${actor.analyst.name} is a viewer here and may look, not stop`);
  if (which === null) throw new CaptureError('not_found', 'nothing runs that you may stop');
  const known = typeof which === 'string' ? room.registry.byId(which) : undefined;
  if (known?.endedAt != null) {
    const at = new Date(known.endedAt).toISOString().replace('T', ' ').slice(0, 19);
    throw new CaptureError('conflict', `${known.id} has ended already: ${known.why} at ${at} UTC`);
  }
  throw new CaptureError('not_found', `nothing that runs matches ${quoted(String(which))}: see what does with "list"`);
}

function namedBy({ registry }: Room, which: string | readonly string[] | null): Capture[] {
  if (which === null) return registry.open();
  if (typeof which !== 'string') return which.flatMap((id) => registry.openMatching(id));
  if (which.trim() === '')
    throw new CaptureError('bad_request', 'name what to stop: an id such as c12, or a word of it');
  return registry.openMatching(which);
}

/** One or two letters are in nearly everything; as an analyst's or a case's whole name they are meant. */
function refuseSlip(word: string, captures: readonly Capture[]): void {
  const isName = (capture: Capture) =>
    [capture.analyst, capture.case].some((name) => name?.toLowerCase() === word.toLowerCase());
  if (captures.length < 2 || word.trim().length >= shortestWord || captures.every(isName)) return;
  throw new CaptureError(
    'bad_request',
    [
      `${quoted(word)} is in ${captures.length} captures and too short to stop so many: write more of the word, or an id`,
      ...namedLines(captures),
    ].join('\n'),
  );
}
