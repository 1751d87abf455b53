import { typedText } from '../command/phone.ts';
import type { SlackOrigin } from './analysts.ts';

/** Something that a person wrote where the bot hears it: to it alone, or in a channel with its name in it. */
export interface Heard {
  readonly origin: SlackOrigin;
  readonly text: string;
  /** Slack's name for the message. */
  readonly ts: string;
  /** The thread that it was written in; null outside of threads. */
  readonly thread: string | null;
}

/** Of the kinds that Slack tells apart, those which are a person's own words; all others are edits, joins, bots and the like. */
const ownWords: readonly unknown[] = [undefined, 'thread_broadcast', 'file_share'];

/**
 * What a person wrote, out of Slack's event; null for what no person wrote just now, so that no two bots ever answer each other.
 * @param team where the event came from, which Slack does not say of everybody
 */
export function heardIn(event: object, team: string): Heard | null {
  const said = event as Readonly<Record<string, unknown>>;
  const { type, subtype, user, channel, ts, text, bot_id: bot, edited, thread_ts: thread } = said;
  if (type !== 'message' && type !== 'app_mention') return null;
  if (!ownWords.includes(subtype) || bot !== undefined || edited !== undefined) return null;
  if (typeof user !== 'string' || typeof channel !== 'string' || typeof ts !== 'string') return null;
  const home = [said.user_team, said.team].find((each) => typeof each === 'string');
  return {
    origin: { door: 'slack', team: home ?? team, user, channel },
    text: typeof text === 'string' ? text : '',
    ts,
    thread: typeof thread === 'string' && thread !== ts ? thread : null,
  };
}

/** What a person wrote as the audit log has it: without the bot's name where nobody else reads, else with that in words. */
export function wordsOf(heard: Heard, bot: string | undefined): string {
  const order = behindName(heard.text, bot);
  if (isDirect(heard)) return typedText(order ?? heard.text);
  return order === null ? typedText(heard.text) : `@capture ${typedText(order)}`.trim();
}

/** Whether it was written to the bot alone. */
export function isDirect({ origin }: Pick<Heard, 'origin'>): boolean {
  return origin.channel.startsWith('D');
}

/** What stands behind the bot's name; null where the text does not begin with it: who speaks of the bot gives it no order. */
export function behindName(text: string, bot: string | undefined): string | null {
  const [, id, rest = ''] = /^\s*<@([A-Z0-9]+)(?:\|[^<>]*)?>[,:]?\s*(.*)$/s.exec(text) ?? [];
  return id !== undefined && id === bot ? rest : null;
}
