import type { Micros, Window } from '../capture.ts';
import { compileProgram } from '../compiler.ts';
import { CaptureError } from '../errors.ts';
import { sampleCarriesTags } from '../ringfile.ts';
import type { Room } from '../room.ts';
import { expansionPatience, formFor, missesTags } from '../vlan.ts';
import type { RingFile } from './ring.ts';
import { mostThreads } from './threads/messages.ts';

export type Ring = Room['config']['rings'][number];

/** @throws CaptureError `bad_request` when it ends before it begins */
export function checkWindow({ since, until }: Window): void {
  if (since === null || until === null || since < until) return;
  const utc = (at: Micros) => `${new Date(at / 1000).toISOString().replace('T', ' ').slice(0, 19)} UTC`;
  throw new CaptureError('bad_request', `the window ends (${utc(until)}) before it begins (${utc(since)})`);
}

/** @throws CaptureError `not_found` for one that is not configured, `bad_request` where none is */
export function knownRing({ config: { rings } }: Room, named: string | undefined): Ring {
  const ring = named === undefined ? rings[0] : rings.find((one) => one.name === named);
  if (ring !== undefined) return ring;
  if (rings.length === 0)
    throw new CaptureError(
      'bad_request',
      'this sensor has no ring to search: add one under "rings" in the configuration',
    );
  throw new CaptureError(
    'not_found',
    `there is no ring ${named} here: choose one of ${rings.map(({ name }) => name).join(', ')}`,
  );
}

/**
 * The rings of a search, in the order in which they are named; the first that is configured where none is.
 * @throws CaptureError as `knownRing`; `bad_request` for one that is named twice, and for more than have a thread each
 */
export function knownRings(room: Room, named: readonly string[] = []): readonly [Ring, ...Ring[]] {
  const [first, ...others] = named;
  const rings = [knownRing(room, first), ...others.map((name) => knownRing(room, name))] as const;
  const twice = named.find((name, at) => named.indexOf(name) !== at);
  if (twice !== undefined)
    throw new CaptureError('bad_request', `the ring ${twice} is named twice: name each ring once`);
  if (rings.length > mostThreads)
    throw new CaptureError(
      'bad_request',
      `${rings.length} rings are too many for one search, which takes ${mostThreads}: search the others in another one`,
    );
  return rings;
}

/** The form of an expression for a ring that holds VLAN tags, so that a search selects what a live capture would; null where it has none. */
export async function formOver(
  room: Room,
  { name, interface: interfaceName }: Ring,
  expression: string,
  { files, linktype, ...how }: { files: readonly RingFile[]; linktype: number; exact: boolean; subject?: string },
) {
  if (!missesTags(expression)) return null;
  if (room.supervision.taggedAt(interfaceName) === null) {
    if (!(await sampleCarriesTags(files.map(({ path }) => path)))) return null;
    await room.patiently(() => room.supervision.noteTagged(interfaceName, room.now()));
  }
  return formFor({
    carrier: `the ring ${name} (${interfaceName})`,
    expression,
    ...how,
    missed: 'packets with tags',
    compile: async (expanded) => void (await compileProgram(expanded, linktype, expansionPatience)),
  });
}
