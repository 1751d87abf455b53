import type Database from 'better-sqlite3';
import type { Millis } from './capture.ts';

/** A Slack user: both ids together are one person, for ever. */
export interface SlackUser {
  readonly team: string;
  readonly user: string;
}

/** What a name is like to a person, and to a savefile's name: `Will-Smith` is like `will.smith`. */
export function likeness(name: string): string {
  return name.toLowerCase().replaceAll('-', '.');
}

/** The name that was given to a Slack user. */
export function nameOf(database: Database.Database, { team, user }: SlackUser): string | undefined {
  return database
    .prepare<[string, string], string>('SELECT name FROM slack_names WHERE team = ? AND user = ?')
    .pluck()
    .get(team, user);
}

/** The Slack user who has a name, or one that is like it. */
export function holderOf(
  database: Database.Database,
  name: string,
): (SlackUser & { readonly name: string }) | undefined {
  return database
    .prepare<[string], SlackUser & { readonly name: string }>(
      'SELECT team, user, name FROM slack_names WHERE likeness = ?',
    )
    .get(likeness(name));
}

/** Whether captures, pins or requests are there of somebody whose name is like this one, or that they ordered for others. */
export function hasLeft(database: Database.Database, name: string): boolean {
  const by = (column: string) => `lower(replace(${column}, '-', '.')) = :like`;
  const [theirs, ordered] = [by('analyst'), `(${by('analyst')} OR ${by('ordered_by')})`];
  const left = database
    .prepare<[{ like: string }], number>(
      `SELECT EXISTS (SELECT 1 FROM captures WHERE ${ordered}) OR EXISTS (SELECT 1 FROM pins WHERE ${theirs})
        OR EXISTS (SELECT 1 FROM requests WHERE ${ordered})`,
    )
    .pluck();
  return left.get({ like: likeness(name) }) === 1;
}

/** Gives a name to a Slack user who has none. Throws where somebody has one that is like it. */
export function giveName(database: Database.Database, { team, user }: SlackUser, name: string, at: Millis): void {
  database
    .prepare('INSERT INTO slack_names (team, user, name, likeness, given_at) VALUES (?, ?, ?, ?, ?)')
    .run(team, user, name, likeness(name), at);
}
