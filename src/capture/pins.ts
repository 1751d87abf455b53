import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Millis } from './capture.ts';
import type { Lacking, Pin, PinId, PinnedFile, PinState } from './pin.ts';
import type { Deadline } from './record.ts';

/** A pin that is about to be made, or comes back from its manifest. */
export interface NewPin extends Omit<Pin, 'id' | 'state' | 'endedAt' | 'why' | 'files' | 'bytes' | 'expiresAt'> {
  /** Where the pin's own directory is. */
  readonly directory: string;
  readonly deadline: Deadline;
}

/** A ring file of a pin; `how` is null while it is not there yet. */
export type PinFile = Omit<PinnedFile, 'pin' | 'path' | 'how'> & {
  readonly position: number;
  readonly how: PinnedFile['how'] | null;
};

/** What a process needs to know to finish a pin, or to let go of it. */
export interface PinPlace {
  readonly directory: string;
  readonly owner: string;
  readonly deadline: Deadline;
}

/** All SQL for pins. A state changes in one statement that names the state it comes from. */
export interface Pins {
  /** The number that is free: above all in the registry, and above `highest`. */
  nextNumber(highest: number): number;
  add(number: number, state: 'pinning' | 'held', pin: NewPin, files: readonly PinFile[]): void;
  /** From `pinning`, with the files that are there. */
  markHeld(id: PinId, files: readonly PinFile[], lacking: readonly Lacking[]): boolean;
  /** From `held`; false where somebody else releases it, or has. */
  markReleasing(id: PinId, why: string): boolean;
  /** From `releasing`. */
  markReleased(id: PinId): boolean;
  /** From `pinning`. */
  markUndone(id: PinId, why: string): boolean;
  /** Makes this process the owner of a pin whose owner is gone; false when another was faster. */
  takeOver(id: PinId, goneOwner: string): boolean;
  byId(id: string): Pin | undefined;
  /** Those that are neither released nor undone, oldest first. */
  open(): Pin[];
  place(id: PinId): PinPlace;
  filesOf(id: PinId): PinFile[];
  /** The files of a ring that are held. */
  heldIn(ring: string): PinnedFile[];
  /** Notes how far a linked file has grown on. */
  noteSize(id: PinId, position: number, size: number): void;
  /** Bytes that pins keep on the disk, those that are being made with what they will. */
  used(): number;
}

interface PinRow {
  readonly number: number;
  readonly state: PinState;
  readonly analyst: string;
  readonly description: string;
  readonly incident: string | null;
  readonly ring: string;
  readonly since: number;
  readonly until: number;
  readonly directory: string;
  readonly pinned_at: Millis;
  readonly expires_at: Millis;
  readonly expires_uptime: Millis;
  readonly boot: string;
  readonly ended_at: Millis | null;
  readonly why: string | null;
  readonly lacking: string;
  readonly owner: string;
  readonly files: number;
  readonly bytes: number;
}

/** The name of a file in its pin's directory. */
export function placeName(position: number): string {
  return `${String(position + 1).padStart(4, '0')}.pcap`;
}

/** The number of an id `p12`; 0, which none has, for what is no id. */
export function pinNumber(id: string): number {
  return /^p\d{1,15}$/.test(id) ? Number(id.slice(1)) : 0;
}

/** @param process this process, as owner of what it pins and releases */
export function openPins(database: Database.Database, process: string, now: () => Millis): Pins {
  const next = database.prepare<[number], number>('SELECT max(coalesce(max(number), 0), ?) + 1 FROM pins').pluck();
  const insert = database.prepare(`
    INSERT INTO pins VALUES (:number, :state, :analyst, :description, :case, :ring, :since, :until, :directory, :pinnedAt,
      :at, :uptime, :boot, NULL, NULL, :lacking, :owner)`);
  const insertFile = database.prepare(
    'INSERT INTO pinned VALUES (:number, :position, :name, :inode, :firstAt, :size, :how, :part)',
  );
  const deleteFiles = database.prepare('DELETE FROM pinned WHERE pin = ?');
  const markHeld = database.prepare(
    "UPDATE pins SET state = 'held', lacking = ? WHERE number = ? AND state = 'pinning'",
  );
  const markReleasing = database.prepare(
    "UPDATE pins SET state = 'releasing', why = ?, owner = ? WHERE number = ? AND state = 'held'",
  );
  const markReleased = database.prepare(
    "UPDATE pins SET state = 'released', ended_at = ? WHERE number = ? AND state = 'releasing'",
  );
  const markUndone = database.prepare(
    "UPDATE pins SET state = 'undone', ended_at = ?, why = ? WHERE number = ? AND state = 'pinning'",
  );
  const takeOver = database.prepare('UPDATE pins SET owner = ? WHERE number = ? AND owner = ?');
  const select = `SELECT pins.*, count(name) AS files, coalesce(sum(size), 0) AS bytes FROM pins LEFT JOIN pinned ON pin = number`;
  const byNumber = database.prepare<[number], PinRow>(`${select} WHERE number = ? GROUP BY number`);
  const isOpen = "state IN ('pinning', 'held', 'releasing')";
  const open = database.prepare<[], PinRow>(`${select} WHERE ${isOpen} GROUP BY number ORDER BY number`);
  const files = database.prepare<[number], PinFile>(
    'SELECT position, name, inode, first_at AS firstAt, size, how, part FROM pinned WHERE pin = ? ORDER BY position',
  );
  const heldIn = database.prepare<
    [string],
    Omit<PinnedFile, 'pin' | 'path'> & {
      readonly number: number;
      readonly directory: string;
      readonly position: number;
    }
  >(`
    SELECT number, directory, position, name, inode, first_at AS firstAt, size, how, part
    FROM pins JOIN pinned ON pin = number WHERE state = 'held' AND ring = ? AND how IS NOT NULL ORDER BY number, position`);
  // Links to one file take its room once, however far it had grown at each; copies of it, each that is of another length.
  const used = database
    .prepare<[], number>(`
      SELECT coalesce(sum(bytes), 0) FROM (
        SELECT max(size) AS bytes FROM pins JOIN pinned ON pin = number WHERE ${isOpen}
        GROUP BY ring, inode, first_at, CASE how WHEN 'copy' THEN size ELSE -1 END)`)
    .pluck();

  const noteSize = database.prepare("UPDATE pinned SET size = ? WHERE pin = ? AND position = ? AND how = 'link'");

  const known = (id: PinId): PinRow => {
    const row = byNumber.get(pinNumber(id));
    if (row === undefined) throw new Error(`no pin ${id} in the registry`);
    return row;
  };

  return {
    nextNumber: (highest) => next.get(highest) ?? 1,
    add: (number, state, { window, deadline, lacking, ...pin }, its) => {
      insert.run({ ...pin, ...window, ...deadline, number, state, lacking: JSON.stringify(lacking), owner: process });
      for (const file of its) insertFile.run({ ...file, number });
    },
    markHeld: (id, its, lacking) => {
      const number = pinNumber(id);
      deleteFiles.run(number);
      for (const file of its) insertFile.run({ ...file, number });
      return markHeld.run(JSON.stringify(lacking), number).changes > 0;
    },
    markReleasing: (id, why) => markReleasing.run(why, process, pinNumber(id)).changes > 0,
    markReleased: (id) => markReleased.run(now(), pinNumber(id)).changes > 0,
    markUndone: (id, why) => markUndone.run(now(), why, pinNumber(id)).changes > 0,
    takeOver: (id, goneOwner) => takeOver.run(process, pinNumber(id), goneOwner).changes > 0,
    byId: (id) => {
      const row = byNumber.get(pinNumber(id));
      return row && pinOf(row);
    },
    open: () => open.all().map(pinOf),
    place: (id) => {
      const { directory, owner, expires_at, expires_uptime, boot } = known(id);
      return { directory, owner, deadline: { at: expires_at, uptime: expires_uptime, boot } };
    },
    filesOf: (id) => files.all(pinNumber(id)),
    heldIn: (ring) =>
      heldIn.all(ring).map(({ number, directory, position, ...file }) => ({
        ...file,
        pin: `p${number}`,
        path: join(directory, `p${number}`, placeName(position)),
      })),
    noteSize: (id, position, size) => void noteSize.run(size, pinNumber(id), position),
    used: () => used.get() ?? 0,
  };
}

function pinOf(row: PinRow): Pin {
  return {
    id: `p${row.number}`,
    state: row.state,
    analyst: row.analyst,
    description: row.description,
    case: row.incident,
    ring: row.ring,
    window: { since: row.since, until: row.until },
    pinnedAt: row.pinned_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    why: row.why,
    files: row.files,
    bytes: row.bytes,
    lacking: JSON.parse(row.lacking) as Lacking[],
  };
}
