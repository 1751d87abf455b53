import type Database from 'better-sqlite3';
import type { CaptureId, Millis } from './capture.ts';
import { numberOf } from './row.ts';

/** How fast a search was: bytes of its ring that it read, and how long it took to find what is in them. */
export interface Pace {
  readonly id: CaptureId;
  readonly bytes: number;
  readonly milliseconds: Millis;
}

/** The newest of them say how fast a ring is read now. */
const mostPaces = 5;

/** Notes how fast a search of a ring was that has come to its end. */
export function notePace(database: Database.Database, ring: string, { id, bytes, milliseconds }: Pace): void {
  database
    .prepare('INSERT INTO paces (capture, ring, bytes, milliseconds) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
    .run(numberOf(id), ring, bytes, Math.round(milliseconds));
}

/** How fast the last searches of a ring were that read at least so many bytes, newest first. */
export function pacesOf(database: Database.Database, ring: string, least: number): Pace[] {
  return database
    .prepare<[string, number, number], Pace>(
      `SELECT 'c' || capture AS id, bytes, milliseconds FROM paces WHERE ring = ? AND bytes >= ? AND milliseconds > 0
        ORDER BY capture DESC LIMIT ?`,
    )
    .all(ring, least, mostPaces);
}
