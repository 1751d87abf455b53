import { join } from 'node:path';
import type { Capture } from '../capture.ts';
import { freeName, namesIn } from '../custody.ts';
import { CaptureError } from '../errors.ts';
import { processingName } from '../filename.ts';
import type { JoinNumber, OpenJoin } from '../joins.ts';
import { freeBytes, freeNow } from '../limits.ts';
import { isAlive, pidOf } from '../process.ts';
import { counted, sizeInWords } from '../quantities.ts';
import { addInHand, observe, type Room, takeOver, thenLetGo } from '../room.ts';
import { sealOrSay, settleFailed } from '../settling.ts';
import { type Built, build, formatOf, removeLeftovers } from './build.ts';
import { lackingIn, type Part, partsOf } from './parts.ts';

/** What ends the making of a joined savefile before its time. */
export interface Stops {
  /** Ends it for good. */
  readonly cancel: AbortSignal;
  /** Leaves it to whoever looks next, who begins anew. */
  readonly leave: AbortSignal;
}

/** Milliseconds between two looks whether it was stopped, and at the free space. */
const lookEvery = 500;

/** Makes the joined savefiles that are due, one after the other. @throws what went wrong with one, once the others are made */
export async function joinDue(room: Room, leave: AbortSignal): Promise<void> {
  const troubles: unknown[] = [];
  for (const pending of room.joins.pending()) {
    if (leave.aborted) return;
    await joinOne(room, pending, { cancel: new AbortController().signal, leave }).catch((error) =>
      troubles.push(error),
    );
  }
  if (troubles.length > 0) throw troubles[0];
}

/** Makes one joined savefile, where all its parts have ended and nobody else makes it. */
export async function joinOne(room: Room, pending: OpenJoin, stops: Stops): Promise<void> {
  if (pending.gatheredBy !== null && isAlive(pending.gatheredBy)) return;
  const captures = room.joins.parts(pending.number).flatMap((id) => room.registry.byId(id) ?? []);
  if (captures.some(({ endedAt }) => endedAt === null)) return;
  const parts = partsOf(captures, room.place.directory);
  const begun = pending.capture === null ? undefined : room.registry.byId(pending.capture);
  if (begun === undefined && parts.length < 2) return tellNothing(room, pending.number, captures, parts);
  const of = { captures, parts };
  if (begun !== undefined) return void (await takeOver(room, begun.id, () => make(room, begun, of, stops)));
  const capture = await begin(room, pending.number, captures, parts);
  if (capture !== undefined) await thenLetGo(room, capture.id, () => make(room, capture, of, stops));
}

/** Ends a making that was told to stop, and whose process is gone. */
export async function reconcileJoined(room: Room, capture: Capture): Promise<void> {
  if (capture.state !== 'stopping') return;
  await takeOver(room, capture.id, async () => {
    await removeLeftovers(room.place.directory, capture.savefile);
    await tellFailed(room, capture, capture.why ?? 'stopped');
  });
}

/** That one savefile, or none, is all there is. */
async function tellNothing(
  room: Room,
  number: JoinNumber,
  captures: readonly Capture[],
  [only]: readonly Part[],
): Promise<void> {
  const why =
    only === undefined ? 'there is no savefile to join' : `nothing to join: ${only.capture} has the only savefile`;
  const end = room.database.transaction(() => {
    const [first] = captures;
    if (room.joins.end(number, why) && first !== undefined) observe(room, first, 'join', why);
  });
  await room.patiently(end);
}

/** Writes the joined savefile's capture into the registry; undefined where somebody else was first. */
async function begin(room: Room, number: JoinNumber, captures: readonly Capture[], parts: readonly Part[]) {
  const [first] = captures;
  if (first === undefined) return undefined;
  const present = await namesIn(room.place);
  const ending = formatOf(parts) === 'pcapng' ? 'ng' : '';
  const { kind, startedAt } = { kind: 'past' as const, startedAt: room.now() };
  const named = {
    kind,
    analyst: first.analyst,
    description: `${first.description.slice(0, longestWords)}.joined`,
    startedAt,
  };
  const { analyst, orderedBy, description, expression, expanded, channel, case: incident } = first;
  const add = room.database.transaction(() => {
    if (!room.joins.isToBegin(number)) return undefined;
    const isTaken = (name: string) => present.has(name + ending) || room.registry.isNameTaken(name + ending);
    const savefile = freeName(named, isTaken) + ending;
    const capture = room.registry.add({
      ...{ kind, state: 'running', analyst, orderedBy, description, expression, expanded, channel, case: incident },
      ...{ startedAt, savefile, file: savefile, keep: false, deadline: null, maxBytes: null, maxPackets: null },
      interface: captures.find((one) => one.interface !== null)?.interface ?? null,
      ring: captures.find((one) => one.ring !== null)?.ring ?? null,
      window: windowOf(captures),
      snaplen: captures.reduce((most, one) => Math.max(most, one.snaplen), 0),
      hosts: first.hosts && { ...first.hosts, nets: room.registry.hosts(first.id) },
      joined: parts.map(({ path: _, facts: __, ...part }) => part),
    });
    // In the same transaction: a capture that no join knows of would be nobody's to make.
    room.joins.begin(number, capture.id);
    return capture;
  });
  return addInHand(room, add.immediate);
}

/** So much of a description's words is in the name, so that `joined` is, too. */
const longestWords = 90;

/** From where the search began; a live capture goes on behind it. */
function windowOf(captures: readonly Capture[]) {
  const searched = captures.find(({ window }) => window !== null)?.window;
  const isLive = captures.some(({ kind }) => kind === 'live');
  return { since: searched?.since ?? null, until: isLive ? null : (searched?.until ?? null) };
}

interface Of {
  readonly captures: readonly Capture[];
  readonly parts: readonly Part[];
}

async function make(room: Room, capture: Capture, { captures, parts }: Of, stops: Stops): Promise<void> {
  const { directory } = room.place;
  const processing = processingName(capture.savefile, pidOf(room.self), null);
  await removeLeftovers(directory, capture.savefile);
  await room.patiently(() => room.joins.noteFile(capture.id, processing));
  const watched = watchOver(room, capture, stops);
  let made: Built | CaptureError;
  try {
    await allowRoom(room, parts);
    const paths = { processing: join(directory, processing), final: join(directory, capture.savefile) };
    made = await build(parts, paths, watched.signal);
  } catch (error) {
    made = error instanceof CaptureError ? error : new CaptureError('tool_failed', inWords(error), { cause: error });
  } finally {
    watched.end();
    await removeLeftovers(directory, capture.savefile);
  }
  if (!(made instanceof CaptureError)) return tellMade(room, capture, { ...made, why: whyOf({ captures, parts }) });
  if (stops.leave.aborted) return;
  const isOurs = made.code === 'conflict' || watched.signal.aborted;
  await tellFailed(room, capture, isOurs ? made.message : `${made.message}; ${byHand(parts)}`);
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A signal that a stop, the free-space floor and `stops` abort, with why. */
function watchOver(room: Room, { id }: Capture, { cancel, leave }: Stops) {
  const ending = new AbortController();
  const end = (why: string) => ending.abort(new CaptureError('conflict', why));
  const look = () => {
    try {
      const now = room.registry.byId(id);
      if (now?.state !== 'running') return end(now?.why ?? 'stopped');
      const free = freeNow(room);
      const floor = room.config.limits.freeSpace;
      if (free < floor) end(`${sizeInWords(free)} is free on the disk, and ${sizeInWords(floor)} must stay free`);
    } catch (error) {
      // Locked for a while: the next look tells.
      room.log.warn({ capture: id, error }, 'not looked at');
    }
  };
  const timer = setInterval(look, lookEvery);
  const cancelled = () => end('cancelled');
  cancel.addEventListener('abort', cancelled);
  return {
    signal: AbortSignal.any([ending.signal, leave]),
    end: () => {
      clearInterval(timer);
      cancel.removeEventListener('abort', cancelled);
    },
  };
}

/** @throws CaptureError `no_room` when the joined savefile would take what must stay free */
async function allowRoom(room: Room, parts: readonly Part[]): Promise<void> {
  const needed = parts.reduce((sum, { bytes, facts }) => sum + bytes + (facts.cutAt ?? 0), 0);
  const free = await freeBytes(room);
  const floor = room.config.limits.freeSpace;
  if (free - needed >= floor) return;
  throw new CaptureError(
    'no_room',
    `it needs ${sizeInWords(needed)}; ${sizeInWords(free)} is free on the disk, and ${sizeInWords(floor)} must stay free`,
  );
}

/** What to type where the making failed; the names are ours, and need no quotes. */
function byHand(parts: readonly Part[]): string {
  return `by hand: mergecap -F ${formatOf(parts)} -w FILE ${parts.map(({ savefile }) => savefile).join(' ')}`;
}

/** How many packets of what, and what is missing. */
function whyOf({ captures, parts }: Of): string {
  const packets = parts.reduce((sum, part) => sum + part.packets, 0);
  const ids = [...new Set(parts.map(({ capture }) => capture))];
  const files = parts.length > ids.length ? `, ${parts.length} savefiles` : '';
  const named = ids.length > 1 ? `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}` : ids.join();
  return [`joined: ${counted(packets, 'packet')} of ${named}${files}`, ...lackingIn(captures, parts)].join('; ');
}

async function tellMade(room: Room, capture: Capture, { why, facts, sha256 }: Built & { why: string }): Promise<void> {
  const endedAt = await room.patiently(() =>
    room.registry.fixEnding(capture.id, { state: 'finished', why }, room.now()),
  );
  if (endedAt === undefined) return;
  const ending = { state: 'finished', why, endedAt, counts: null, facts, sha256 } as const;
  const current = room.registry.byId(capture.id) ?? capture;
  const complete = { ...current, ...ending, bytes: facts.fileBytes, packets: facts.packets };
  const told = [why, ...(await sealOrSay(room, complete))].join('; ');
  const write = room.database.transaction(() => {
    if (!room.registry.settle(capture.id, { ...ending, why: told })) return;
    endJoin(room, capture);
    observe(room, capture, 'join', `${told}: ${capture.savefile}`);
  });
  await room.patiently(write);
  room.log.info({ capture: capture.id, packets: facts.packets }, 'joined');
}

async function tellFailed(room: Room, capture: Capture, said: string): Promise<void> {
  const why = `not joined: ${said}`;
  await settleFailed(room, capture, why, () => {
    endJoin(room, capture);
    observe(room, capture, 'join', why);
  });
}

function endJoin(room: Room, { id }: Capture): void {
  const number = room.joins.of(id);
  if (number !== undefined) room.joins.end(number, null);
}
