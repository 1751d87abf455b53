import type { EarlierSavefile } from '../../capture/capture.ts';
import type { Restored } from '../../capture/restore.ts';
import type { Found } from './found.ts';
import { isNameOf } from './name.ts';

type FromSidecar = Extract<Found, { from: 'sidecar' }>;
type FromFile = Extract<Found, { from: 'process' | 'savefile' }>;

/**
 * Brings together what is of one capture: one that was kept over reboots has several savefiles, each with a sidecar of its own, all with
 * its id and its start. The newest savefile is the capture's, the others are its earlier ones. What runs comes first, so that it keeps
 * the id under which its tcpdump writes its words.
 */
export function gathered(found: readonly Found[]): Found[] {
  const families = familiesOf(found.filter((each) => each.from === 'sidecar'));
  const processes = found.filter((each) => each.from === 'process').map((each) => joined(each, families));
  const savefiles = found.filter((each) => each.from === 'savefile').map((each) => joined(each, families));
  const leftAlone = found.filter((each) => each.from === 'nothing');
  return [...processes, ...[...families].map(wholeOf), ...savefiles, ...leftAlone];
}

/** The sidecars of one capture, oldest first. */
type Family = readonly [FromSidecar, ...FromSidecar[]];

function familiesOf(sidecars: readonly FromSidecar[]): Set<Family> {
  const byCapture = new Map<string, Family>();
  const inTime = sidecars.toSorted((one, other) => endOf(one) - endOf(other));
  for (const sidecar of inTime) {
    const { id, keep, startedAt, analyst, description, savefile } = sidecar.restored;
    // Only a kept one has several: else one id twice is two captures, of which one came from elsewhere.
    const capture = JSON.stringify(keep ? [id, startedAt, analyst, description] : savefile);
    const [oldest, ...others] = byCapture.get(capture) ?? [];
    byCapture.set(capture, oldest === undefined ? [sidecar] : [oldest, ...others, sidecar]);
  }
  return new Set(byCapture.values());
}

/** A savefile without a sidecar, with what the sidecars of the capture tell that it goes on; those are taken out of the families. */
function joined(found: FromFile, families: Set<Family>): Found {
  const family = [...families].find((each) => goesOn(found.restored, newestOf(each).restored));
  if (family === undefined) return found;
  families.delete(family);
  const { restored } = newestOf(family);
  const { savefile, file, tcpdump, counts } = found.restored;
  const open = { state: 'running', endedAt: null, why: null, bytes: null, packets: null, counts } as const;
  const unread = { sha256: null, facts: null, coverage: null, deadline: null };
  const earlier = earlierIn(family, savefile);
  return {
    ...found,
    words: 'sidecar',
    restored: { ...restored, ...open, ...unread, savefile, file, tcpdump, earlier },
  };
}

/** A further savefile is named after the capture and the moment at which the one before it was complete. */
function goesOn(further: Restored, before: Restored): boolean {
  if (!before.keep || before.endedAt === null || before.state !== 'died') return false;
  if (further.id !== null && further.id !== before.id) return false;
  return isNameOf(further.savefile, 'live', before, before.endedAt);
}

function wholeOf(family: Family): Found {
  const { restored } = newestOf(family);
  return { from: 'sidecar', restored: { ...restored, earlier: earlierIn(family, restored.savefile) } };
}

/** All savefiles but the newest, as their own sidecars tell of them, or else those that came after. */
function earlierIn(family: Family, newest: string): EarlierSavefile[] {
  const listed = family.flatMap(({ restored }) => restored.earlier);
  const told = new Map([...listed, ...family.map(asEarlier)].map((one) => [one.savefile, one]));
  told.delete(newest);
  return [...told.values()].toSorted((one, other) => one.endedAt - other.endedAt);
}

function asEarlier({ restored }: FromSidecar): EarlierSavefile {
  const { savefile, why, bytes, packets, counts, facts, sha256 } = restored;
  return { savefile, endedAt: restored.endedAt ?? 0, why: why ?? '', bytes, packets, counts, facts, sha256 };
}

function newestOf(family: Family): FromSidecar {
  return family.at(-1) ?? family[0];
}

function endOf({ restored }: FromSidecar): number {
  return restored.endedAt ?? 0;
}
