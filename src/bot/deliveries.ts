import { dirname } from 'node:path';
import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';
import type { Database } from 'better-sqlite3';
import type { Millis } from '../capture/capture.ts';
import { registryTrouble } from '../database.ts';

/** Slack repeats itself within minutes; an hour is plenty. */
const kept: Millis = 3_600_000;

export interface Deliveries {
  /**
   * Notes what Slack delivered under these keys; false when any of them was there already.
   * @throws CaptureError as `registryTrouble` says: the person who waits hears why
   */
  first(keys: readonly string[]): boolean;
  /** Takes back that a key was noted: nothing came of it, and it may be tried again. */
  forget(key: string): void;
}

/** What was delivered within the last hour, kept over restarts. */
export function openDeliveries(database: Database, now: () => Millis): Deliveries {
  const forget = database.prepare('delete from deliveries where at < ?');
  const note = database.prepare('insert into deliveries (key, at) values (?, ?) on conflict do nothing');
  const takeBack = database.prepare('delete from deliveries where key = ?');
  const first = database.transaction((keys: readonly string[]) => {
    forget.run(now() - kept);
    return keys.map((key) => note.run(key, now()).changes === 1).every(Boolean);
  });
  return {
    forget: (key) => void takeBack.run(key),
    first: (keys) => {
      try {
        return first.immediate(keys);
      } catch (error) {
        throw registryTrouble(error, dirname(database.name)) ?? error;
      }
    },
  };
}

/** Bolt runs a handler as often as its envelope comes; this lets only the first one through, before anything is done. */
export function onlyFirst(deliveries: Deliveries): Middleware<AnyMiddlewareArgs> {
  return async ({ body, context, next, ...args }) => {
    if (deliveries.first(keysOf(body, context.envelopeId))) await next();
    // The repetition is acknowledged too, or Slack would go on; but not that of a form, which this would close before its answer is known.
    else if (!isSubmission(body) && 'ack' in args && typeof args.ack === 'function') await args.ack();
  };
}

function isSubmission(body: object): boolean {
  return 'type' in body && body.type === 'view_submission';
}

function keysOf(body: object, envelope: unknown): string[] {
  const own = {
    envelope,
    trigger: 'trigger_id' in body && body.trigger_id,
    event: 'event_id' in body && body.event_id,
    // A direct message that names the bot may come as two events.
    said: saidIn(body),
  };
  return Object.entries(own).flatMap(([kind, id]) => (typeof id === 'string' ? [`${kind} ${id}`] : []));
}

/** Slack's name for the message that an event is about. */
function saidIn(body: object): string | null {
  const event = 'event' in body ? (body.event as { type?: unknown; channel?: unknown; ts?: unknown } | null) : null;
  const isSaid = event?.type === 'message' || event?.type === 'app_mention';
  return isSaid && typeof event.ts === 'string' ? `${event.channel} ${event.ts}` : null;
}
