import { dirname } from 'node:path';
import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import { patience, patiently } from '../capture/patience.ts';
import { unsynced } from '../capture/unsynced.ts';
import { registryTrouble } from '../database.ts';
import { isChange } from './changes.ts';
import { faultAnywhere, type Shown } from './forms/faults.ts';
import { keyOf, type UnansweredOrders, unansweredIn } from './unanswered.ts';

/** Slack repeats itself within minutes; an hour is plenty. */
const kept: Millis = 3_600_000;
/** Slack waits 3 s for an acknowledgement, and a delivery is noted before: so long while another process has the registry locked. */
const notedWithin: Millis = 1_000;

export interface Deliveries {
  /**
   * Notes what Slack delivered under these keys; false when any of them was there already.
   * @param also done in the same transaction when they are new
   * @param within how long it is tried while another process has the registry locked
   * @throws CaptureError as `registryTrouble` says: the person who waits hears why
   */
  first(keys: readonly string[], also?: () => void, within?: Millis): Promise<boolean>;
  /** Takes back that a key was noted: nothing came of it, and it may be tried again. */
  forget(key: string): Promise<void>;
}

/** What was delivered within the last hour, kept over restarts. */
export function openDeliveries(database: Database, now: () => Millis): Deliveries {
  const forget = database.prepare('delete from deliveries where at < ?');
  const note = database.prepare('insert into deliveries (key, at) values (?, ?) on conflict do nothing');
  const takeBack = database.prepare('delete from deliveries where key = ?');
  const first = database.transaction((keys: readonly string[], also?: () => void) => {
    forget.run(now() - kept);
    const isNew = keys.map((key) => note.run(key, now()).changes === 1).every(Boolean);
    if (isNew) also?.();
    return isNew;
  });
  return {
    forget: (key) => patiently(database, () => void takeBack.run(key)),
    first: async (keys, also, within = patience) => {
      try {
        // On the disk with the next entry of the audit log: before anything is done that must not be done twice.
        return await patiently(database, () => unsynced(database, () => first.immediate(keys, also)), within);
      } catch (error) {
        throw registryTrouble(error, dirname(database.name), within) ?? error;
      }
    },
  };
}

/**
 * Bolt runs a handler as often as its envelope comes; this lets only the first one through, before anything is done. Until it has been
 * answered it is noted as unanswered: where a handler throws, by whoever says so to its person. What cannot be noted in time is acknowledged
 * and refused: nothing was done, and nothing comes of a repetition either.
 */
export function onlyFirst(
  deliveries: Deliveries,
  unanswered: UnansweredOrders,
  log: Logger,
): Middleware<AnyMiddlewareArgs> {
  const refused = new Set<string>();
  const refuse = (key: string) => {
    refused.add(key);
    setTimeout(() => refused.delete(key), kept).unref();
  };
  /** Those that wait to be noted: their repetition is one whatever becomes of them. */
  const beingNoted = new Set<string>();
  const isKnown = (keys: readonly string[]) => keys.some((key) => refused.has(key) || beingNoted.has(key));
  return async ({ body, context, next, ...args }) => {
    // A locked registry must not keep a role alive; to hear twice that something changed does no harm.
    if (isChange(body)) return next();
    const order = unansweredIn(body, context.botUserId);
    const note = () => order !== null && unanswered.note(order);
    const keys = keysOf(body, context.envelopeId);
    // Bolt has acknowledged events itself.
    const ack = 'ack' in args && typeof args.ack === 'function' ? (args.ack as Acknowledge) : null;
    const isFirst = async () => {
      try {
        for (const key of keys) beingNoted.add(key);
        return await deliveries.first(keys, note, ack === null ? patience : notedWithin);
      } catch (error) {
        keys.forEach(refuse);
        const faults = isSubmission(body) ? faultAnywhere(error, body.view.blocks) : null;
        // A form that is acknowledged without a word closes, with all that was typed.
        if (faults !== null) await ack?.({ response_action: 'errors', errors: faults });
        else if (!isSubmission(body)) await ack?.();
        throw error;
      } finally {
        for (const key of keys) beingNoted.delete(key);
      }
    };
    if (!isKnown(keys) && (await isFirst())) {
      await next();
      await markAnswered(body, unanswered, log);
    }
    // The repetition is acknowledged too, or Slack would go on; but not that of a form, which this would close before its answer is known.
    else if (!isSubmission(body)) await ack?.();
  };
}

/** Notes that the person behind a delivery knows what came of it. */
export async function markAnswered(body: object, unanswered: UnansweredOrders, log: Logger): Promise<void> {
  const key = keyOf(body);
  try {
    if (key !== null) await unanswered.forget(key);
  } catch (error) {
    // Locked, or on a full disk: the next bot tells them once more.
    log.warn({ err: error }, 'not noted that somebody was answered');
  }
}

/** What Slack takes with an acknowledgement. */
type Acknowledge = (answer?: object) => Promise<void>;

function isSubmission(body: object): body is Submission {
  return 'type' in body && body.type === 'view_submission';
}

interface Submission {
  readonly view: { readonly blocks: readonly Shown[] };
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
