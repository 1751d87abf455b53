import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type Actor, mayRole } from './analyst.ts';
import { type Capture, isOpen } from './capture.ts';
import { isThere } from './custody.ts';
import { CaptureError } from './errors.ts';
import { type Fetchable, type Fetched, goneInWords, type HeldSavefile } from './evidence.ts';
import type { Room } from './room.ts';

/**
 * What a person needs to take a capture's savefiles off the sensor.
 * @throws CaptureError `not_allowed` for viewers, `not_found` when there is no such capture or none of its savefiles is there any more,
 * `conflict` while it is open or once it was deleted
 */
export async function fetched(room: Room, id: string, actor: Actor): Promise<Fetched> {
  if (!mayRole.takeAway(actor.analyst)) {
    throw new CaptureError(
      'not_allowed',
      `${actor.analyst.name} is a viewer here and may look, not take savefiles away: ask an analyst`,
    );
  }
  const capture = room.registry.byId(id);
  if (capture === undefined)
    throw new CaptureError('not_found', `there is no capture ${id}: see what there is with "list --all"`);
  const held = savefilesOf(room, capture);
  const there = await Promise.all(held.map(({ path }) => isThere(path)));
  const vanished = held.filter((_, at) => !there[at]);
  if (vanished.length === held.length) throw new CaptureError('not_found', vanished.map(goneInWords).join('\n'));
  const left = held.filter((_, at) => there[at]);
  return { savefiles: await Promise.all(left.map((one) => fetchable(room, one, actor))), vanished };
}

/**
 * The complete savefiles of a capture.
 * @throws CaptureError `conflict` when it has none, or none any more
 */
export function savefilesOf(room: Room, capture: Capture): HeldSavefile[] {
  const held = room.holdings.of(capture.id);
  if (held.length > 0) return held;
  if (isOpen(capture.state)) {
    throw new CaptureError('conflict', `${capture.id} is ${capture.state}: its savefile is complete once it has ended`);
  }
  const deleted = room.holdings.deletion(capture.id);
  if (deleted === undefined) throw new CaptureError('conflict', `${capture.id} ${capture.state} and left no savefile`);
  const at = new Date(deleted.at).toISOString().replace('T', ' ').slice(0, 19);
  throw new CaptureError('conflict', `the savefile of ${capture.id} was deleted at ${at} UTC: ${deleted.why}`);
}

async function fetchable(room: Room, held: HeldSavefile, actor: Actor): Promise<Fetchable> {
  const sidecar = `${held.path}.json`;
  return {
    held,
    host: hostname(),
    login: loginOf(room, actor),
    sidecar: (await isThere(sidecar)) ? sidecar : null,
    warnings: await warningsOf(room, held),
  };
}

/** At the shell the login that they have; from Slack the first that the configuration knows. */
function loginOf(room: Room, { analyst, origin }: Actor): string | null {
  if (origin.door === 'shell') return origin.login;
  return room.config.analysts.find(({ name }) => name === analyst.name)?.login[0] ?? null;
}

async function warningsOf(room: Room, { capture, savefile, path, bytes, sha256 }: HeldSavefile): Promise<string[]> {
  const now = await stat(path).catch(() => undefined);
  if (now === undefined) return [`it cannot be looked at: ${path}`];
  const isOfOtherSize = bytes !== null && now.size !== bytes;
  return [
    ...(isOfOtherSize
      ? [`it has ${now.size} bytes, and had ${bytes} when its digest was made: see capture verify ${capture}`]
      : []),
    ...(!isOfOtherSize && room.holdings.custody(savefile)?.finding === 'changed'
      ? [`it is not what its digest was made of, as the last capture verify found: see capture verify ${capture}`]
      : []),
    ...(sha256 === null ? [`it has no digest: capture verify --hash ${capture} makes one`] : []),
  ];
}
