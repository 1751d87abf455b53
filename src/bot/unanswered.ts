import type { ViewOutput } from '@slack/bolt';
import type { Database } from 'better-sqlite3';
import type { Millis } from '../capture/capture.ts';
import { patiently } from '../capture/patience.ts';
import { unsynced } from '../capture/unsynced.ts';
import type { SlackOrigin } from './analysts.ts';
import { orderedBy, readForm } from './forms/reading.ts';
import { heardIn, wordsOf as wordsSaid } from './hearing.ts';
import type { FormState } from './views/form-state.ts';

/** An order that Slack delivered, and whose person has not been answered yet. */
export interface Unanswered {
  /** As in deliveries. */
  readonly key: string;
  readonly at: Millis;
  /** The process that had it in hand. */
  readonly owner: string;
  readonly origin: SlackOrigin;
  readonly thread: string | null;
  /** As typed, clicked or written by a form; null where nobody knows them. */
  readonly words: string | null;
  /** Where an answer goes that only this person sees; null for what was said in a message. */
  readonly responseUrl: string | null;
}

/** An order as it is delivered. */
export type Noted = Omit<Unanswered, 'at' | 'owner'>;

/** Orders under way, kept over restarts: whoever is killed in the middle of one, the next bot tells its person. */
export interface UnansweredOrders {
  note(order: Noted): void;
  forget(key: string): Promise<void>;
  /** Those noted before, oldest first. */
  before(at: Millis): Unanswered[];
}

interface Row extends Omit<Unanswered, 'origin'> {
  readonly team: string;
  readonly user: string;
  readonly channel: string;
}

/** All SQL for the table unanswered. @param owner this process */
export function openUnanswered(database: Database, now: () => Millis, owner: string): UnansweredOrders {
  const insert = database.prepare(
    'insert into unanswered (key, at, owner, team, user, channel, thread, words, response_url) values (?, ?, ?, ?, ?, ?, ?, ?, ?) ' +
      // A form that is sent again: whoever has it in hand now answers.
      'on conflict do update set at = excluded.at, owner = excluded.owner, words = excluded.words, response_url = excluded.response_url',
  );
  const remove = database.prepare('delete from unanswered where key = ?');
  const older = database.prepare<[Millis], Row>(
    'select key, at, owner, team, user, channel, thread, words, response_url as responseUrl from unanswered where at < ? order by at',
  );
  return {
    note: ({ key, origin: { team, user, channel }, thread, words, responseUrl }) =>
      void insert.run(key, now(), owner, team, user, channel, thread, words, responseUrl),
    // After a power cut somebody may be told twice.
    forget: (key) => patiently(database, () => unsynced(database, () => void remove.run(key))),
    before: (at) =>
      older
        .all(at)
        .map(({ team, user, channel, ...row }) => ({ ...row, origin: { door: 'slack', team, user, channel } })),
  };
}

/** What of a delivery must be known to answer it later; null for what nobody waits for. @param bot its Slack user id */
export function unansweredIn(body: object, bot: string | undefined): Noted | null {
  if (!isDelivered(body)) return null;
  const key = keyOf(body);
  if (body.event !== undefined) {
    const heard = heardIn(body.event, body.team_id ?? '');
    if (key === null || heard === null) return null;
    return { key, origin: heard.origin, thread: heard.thread, words: wordsSaid(heard, bot), responseUrl: null };
  }
  const user = body.user_id ?? body.user?.id;
  const form = formIn(body);
  const responseUrl = body.response_url ?? body.response_urls?.[0]?.response_url ?? form?.place.responseUrl ?? null;
  if (key === null || user === undefined || responseUrl === null) return null;
  const origin = {
    door: 'slack',
    team: body.team_id ?? body.team?.id ?? '',
    user,
    channel: body.channel_id ?? body.channel?.id ?? '',
  } as const;
  const words = form === null ? wordsOf(body) : orderedBy(form).words;
  return { key, origin, thread: form?.place.thread ?? null, words, responseUrl };
}

/** A form that was sent, as it was filled in; null for all else. */
function formIn({ type, view }: Delivered): FormState | null {
  if (type !== 'view_submission' || view === undefined) return null;
  try {
    return readForm(view);
  } catch {
    return null;
  }
}

/** The name under which a delivery is unanswered: Slack gives each a trigger or an event id; a form is one order, however often it is sent. */
export function keyOf(body: object): string | null {
  if (isDelivered(body) && body.type === 'view_submission' && body.view !== undefined) return sentForm(body.view.id);
  if ('trigger_id' in body && typeof body.trigger_id === 'string') return `trigger ${body.trigger_id}`;
  return 'event_id' in body && typeof body.event_id === 'string' ? `event ${body.event_id}` : null;
}

const ofForm = 'view ';

/** The name of a form that was sent, among what is done once, and while it is unanswered. */
export function sentForm(viewId: string): string {
  return `${ofForm}${viewId}`;
}

/** Slack's id of the form that is called so; null for any other name. */
export function viewOf(key: string): string | null {
  return key.startsWith(ofForm) ? key.slice(ofForm.length) : null;
}

/** As much of Slack's payloads as tells who waits for what, and where. */
interface Delivered {
  readonly type?: string;
  readonly command?: string;
  readonly text?: string;
  readonly team_id?: string;
  readonly team?: { readonly id: string } | null;
  readonly user_id?: string;
  readonly user?: { readonly id: string };
  readonly channel_id?: string;
  readonly channel?: { readonly id: string };
  readonly response_url?: string;
  readonly response_urls?: readonly { readonly response_url: string }[];
  readonly actions?: readonly { readonly text?: { readonly text: string }; readonly value?: string }[];
  readonly view?: Pick<ViewOutput, 'id' | 'private_metadata' | 'state' | 'blocks'>;
  readonly event?: object;
}

function isDelivered(body: object): body is Delivered {
  return 'team_id' in body || 'team' in body;
}

/** As the audit log has them. */
function wordsOf({ command, text, actions }: Delivered): string | null {
  if (command !== undefined) return `${command} ${text ?? ''}`.trim();
  const [action] = actions ?? [];
  return action?.text === undefined ? null : `[${action.text.text}] ${action.value ?? ''}`;
}
