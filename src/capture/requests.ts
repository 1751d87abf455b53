import type Database from 'better-sqlite3';
import type { Origin, Role } from './analyst.ts';
import {
  type ApprovalRequest,
  type GrantedLive,
  type RequestId,
  type RequestState,
  requestNumber,
} from './approval.ts';
import type { Millis } from './capture.ts';
import type { Deadline } from './record.ts';

/** A request that is about to be made. */
export interface NewRequest
  extends Pick<
    ApprovalRequest,
    'asked' | 'analyst' | 'orderedBy' | 'role' | 'origin' | 'words' | 'needed' | 'askedAt'
  > {
  readonly expires: Deadline;
}

/** A moment, on the wall and since boot. */
export type Moment = Deadline;

/** All SQL for requests for approval. A state changes in one statement that names the state it comes from: false where it was another. */
export interface Requests {
  add(request: NewRequest): ApprovalRequest;
  /** From `waiting`, while it is not over: of several who approve it, one has it, and starts it. */
  take(id: RequestId, approver: string, now: Moment): boolean;
  /** From `starting`. */
  markStarted(id: RequestId, at: Millis): boolean;
  markFailed(id: RequestId, why: string, at: Millis): boolean;
  /** Of one that is being started, or has been. */
  keepWarnings(id: RequestId, warnings: readonly string[]): void;
  /** From `starting` back to `waiting`, where the process that was to start it is gone and nothing was begun. */
  giveBack(id: RequestId, owner: string): boolean;
  /** From `waiting`, while it is not over. */
  deny(id: RequestId, denial: { readonly by: string; readonly reason: string | null }, now: Moment): boolean;
  /** From `waiting`, once it is over. */
  expire(id: RequestId, now: Moment): boolean;
  byId(id: string): ApprovalRequest | undefined;
  /** Those that wait or are being started, oldest first, with the process that starts them. */
  open(): { readonly request: ApprovalRequest; readonly owner: string | null; readonly expires: Deadline }[];
  /** Those that wait, and what became of those that were asked since, oldest first. */
  since(at: Millis): ApprovalRequest[];
  /** The next that changed after a version, by version. */
  changedAfter(version: number): ApprovalRequest[];
}

interface Row {
  readonly number: number;
  readonly state: RequestState;
  readonly asked: string;
  readonly analyst: string;
  readonly ordered_by: string;
  readonly role: Role;
  readonly origin: string;
  readonly words: string;
  readonly needed: string;
  readonly asked_at: Millis;
  readonly expires_at: Millis;
  readonly expires_uptime: Millis;
  readonly boot: string;
  readonly answered_by: string | null;
  readonly ended_at: Millis | null;
  readonly why: string | null;
  readonly warnings: string;
  readonly owner: string | null;
  readonly version: number;
  readonly capture: number | null;
}

const pageSize = 50;

/** @param process this process, as owner of what it starts */
export function openRequests(database: Database.Database, process: string): Requests {
  const insert = database.prepare(`
    INSERT INTO requests (state, asked, analyst, ordered_by, role, origin, words, needed, asked_at, expires_at, expires_uptime, boot)
    VALUES ('waiting', :asked, :analyst, :orderedBy, :role, :origin, :words, :needed, :askedAt, :at, :uptime, :boot)`);
  // By uptime within the boot that set it, by the wall after a reboot, as a capture's deadline.
  const isOver = 'iif(boot = :boot, expires_uptime <= :uptime, expires_at <= :at)';
  const take = database.prepare(`
    UPDATE requests SET state = 'starting', answered_by = :by, owner = :owner
    WHERE number = :number AND state = 'waiting' AND NOT ${isOver}`);
  const markStarted = database.prepare(
    "UPDATE requests SET state = 'started', ended_at = ?, owner = NULL WHERE number = ? AND state = 'starting'",
  );
  const markFailed = database.prepare(
    "UPDATE requests SET state = 'failed', why = ?, ended_at = ?, owner = NULL WHERE number = ? AND state = 'starting'",
  );
  const keepWarnings = database.prepare('UPDATE requests SET warnings = ? WHERE number = ?');
  const giveBack = database.prepare(`
    UPDATE requests SET state = 'waiting', answered_by = NULL, owner = NULL WHERE number = ? AND state = 'starting' AND owner = ?`);
  const deny = database.prepare(`
    UPDATE requests SET state = 'denied', answered_by = :by, why = :reason, ended_at = :at
    WHERE number = :number AND state = 'waiting' AND NOT ${isOver}`);
  const expire = database.prepare(
    `UPDATE requests SET state = 'expired', ended_at = :at WHERE number = :number AND state = 'waiting' AND ${isOver}`,
  );
  const select =
    'SELECT requests.*, captures.number AS capture FROM requests LEFT JOIN captures ON request = requests.number';
  const byNumber = database.prepare<[number], Row>(`${select} WHERE requests.number = ?`);
  const isOpen = "requests.state IN ('waiting', 'starting')";
  const open = database.prepare<[], Row>(`${select} WHERE ${isOpen} ORDER BY requests.number`);
  const since = database.prepare<[Millis], Row>(`${select} WHERE ${isOpen} OR asked_at >= ? ORDER BY requests.number`);
  const changed = database.prepare<[number, number], Row>(
    `${select} WHERE requests.version > ? ORDER BY requests.version LIMIT ?`,
  );
  const byId = (id: string) => {
    const row = byNumber.get(requestNumber(id));
    return row && requestOf(row);
  };

  return {
    add: ({ asked, origin, expires, ...columns }) => {
      const json = { asked: JSON.stringify(asked), origin: JSON.stringify(origin) };
      const { lastInsertRowid } = insert.run({ ...columns, ...json, ...expires });
      const added = byId(`a${lastInsertRowid}`);
      if (added === undefined) throw new Error(`no request a${lastInsertRowid} in the registry`);
      return added;
    },
    take: (id, by, now) => take.run({ ...now, by, owner: process, number: requestNumber(id) }).changes > 0,
    markStarted: (id, at) => markStarted.run(at, requestNumber(id)).changes > 0,
    markFailed: (id, why, at) => markFailed.run(why, at, requestNumber(id)).changes > 0,
    keepWarnings: (id, warnings) => void keepWarnings.run(JSON.stringify(warnings), requestNumber(id)),
    giveBack: (id, owner) => giveBack.run(requestNumber(id), owner).changes > 0,
    deny: (id, denial, now) => deny.run({ ...now, ...denial, number: requestNumber(id) }).changes > 0,
    expire: (id, now) => expire.run({ ...now, number: requestNumber(id) }).changes > 0,
    byId,
    open: () =>
      open.all().map((row) => {
        const { owner, expires_at: at, expires_uptime: uptime, boot } = row;
        return { request: requestOf(row), owner, expires: { at, uptime, boot } };
      }),
    since: (at) => since.all(at).map(requestOf),
    changedAfter: (version) => changed.all(version, pageSize).map(requestOf),
  };
}

function requestOf(row: Row): ApprovalRequest {
  return {
    id: `a${row.number}`,
    state: row.state,
    asked: JSON.parse(row.asked) as GrantedLive,
    analyst: row.analyst,
    orderedBy: row.ordered_by,
    role: row.role,
    origin: JSON.parse(row.origin) as Origin,
    words: row.words,
    needed: row.needed,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    answeredBy: row.answered_by,
    endedAt: row.ended_at,
    why: row.why,
    warnings: JSON.parse(row.warnings) as string[],
    capture: row.capture === null ? null : `c${row.capture}`,
    version: row.version,
  };
}
