import type { Logger } from 'pino';
import { type Actor, analystAt, type Origin } from '../capture/analyst.ts';
import type { Engine } from '../capture/door.ts';
import type { Config, SlackConfig } from '../config.ts';
import { type People, type Person, whyNotChannel, whyNotPerson } from './people.ts';

export type SlackOrigin = Extract<Origin, { door: 'slack' }>;

/** An order as Slack delivered it: whose, where, and the words. */
export interface Order {
  readonly origin: SlackOrigin;
  readonly verb: string;
  readonly words: string;
}

/** Someone who may give this order, and the zone in which they say times. */
export interface Authorised {
  readonly actor: Actor;
  readonly origin: SlackOrigin;
  readonly timezone: string | null;
}

export interface AnalystParts {
  readonly engine: Pick<Engine, 'identify' | 'refuse'>;
  readonly config: Pick<Config, 'analysts'>;
  readonly slack: SlackConfig;
  readonly people: People;
  readonly log: Logger;
}

/**
 * The analyst behind a Slack user, asked anew for every command and every button.
 * @throws CaptureError `not_allowed` for everyone else, once that is in the audit log
 */
export async function authorise(order: Order, parts: AnalystParts): Promise<Authorised> {
  const asked = await askSlack(order.origin, parts);
  const { engine, config, slack } = parts;
  const known = analystAt(order.origin, config.analysts, slack.team);
  if (typeof asked === 'string') return engine.refuse({ ...order, analyst: known?.name ?? null }, asked);
  const { origin, verb, words } = order;
  return { actor: engine.identify(origin, verb, words), origin, timezone: asked.tz ?? null };
}

/** The person, or why they may not. */
async function askSlack(origin: SlackOrigin, parts: AnalystParts): Promise<Person | string> {
  if (origin.team !== parts.slack.team) return 'only members of this workspace may use capture';
  try {
    const person = await parts.people.person(origin.user);
    const why = whyNotPerson(person, parts.slack.team) ?? (await whyNotHere(origin.channel, parts));
    if (why !== null) return why;
    return person ?? 'Slack does not know you';
  } catch (error) {
    // Fails closed: without Slack's word a guest looks like anybody.
    parts.log.warn({ err: error, user: origin.user, channel: origin.channel }, 'slack did not say who this is');
    return 'Slack could not be asked who you are just now: try again in a minute';
  }
}

async function whyNotHere(channel: string, { slack, people }: AnalystParts): Promise<string | null> {
  // A conversation with the bot itself, or between two people: seen by nobody else.
  if (channel.startsWith('D')) return null;
  if (slack.channels.includes(channel)) return whyNotChannel(await people.channel(channel));
  const usable = await Promise.all(slack.channels.slice(0, 3).map((id) => people.channel(id)));
  const named = usable.flatMap((each) => (each?.name === undefined ? [] : [`#${each.name}`]));
  return `capture is not used in this channel: use ${[...named, 'a direct message to capture'].join(' or ')}`;
}
