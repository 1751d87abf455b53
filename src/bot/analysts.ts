import type { Logger } from 'pino';
import { type Actor, analystAt, mayRole, type Origin, onlyLooks } from '../capture/analyst.ts';
import type { Engine } from '../capture/door.ts';
import type { Config, SlackConfig } from '../config.ts';
import { type People, type Person, whyNotChannel, whyNotPerson } from './people.ts';
import type { TokenWatch } from './token.ts';

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
  readonly token: Pick<TokenWatch, 'doubt'>;
  readonly log: Logger;
}

/**
 * The analyst behind a Slack user, asked anew for every command and every button.
 * @throws CaptureError `not_allowed` for everyone else, once that is in the audit log
 */
export async function authorise(order: Order, parts: AnalystParts): Promise<Authorised> {
  return admitted(order, await askSlack(order.origin, parts, true), parts);
}

/**
 * The same for what is asked nowhere in particular, as by a shortcut from the search bar: whoever may give no orders at all is refused.
 * An order itself is authorised anew, where it is given.
 * @throws CaptureError as `authorise`
 */
export async function admit(order: Order, parts: AnalystParts): Promise<Authorised> {
  return admitted(order, await askSlack(order.origin, parts, false), parts);
}

/** @throws CaptureError `not_allowed` for whoever may look and not capture, once that is in the audit log */
export function allowCapture({ actor }: Authorised, verb: string, { engine }: Pick<AnalystParts, 'engine'>): void {
  if (mayRole.capture(actor.analyst)) return;
  engine.refuse({ ...actor, verb, analyst: actor.analyst.name }, onlyLooks(actor.analyst));
}

function admitted(order: Order, asked: Person | string, parts: AnalystParts): Authorised {
  const { engine, config, slack } = parts;
  const known = analystAt(order.origin, config.analysts, slack.team);
  if (typeof asked === 'string') return engine.refuse({ ...order, analyst: known?.name ?? null }, asked);
  const { origin, verb, words } = order;
  return { actor: engine.identify(origin, verb, words), origin, timezone: asked.tz ?? null };
}

/** The person, or why they may not. */
async function askSlack(origin: SlackOrigin, parts: AnalystParts, here: boolean): Promise<Person | string> {
  if (origin.team !== parts.slack.team) return 'only members of this workspace may use capture';
  try {
    const person = await parts.people.person(origin.user);
    const why = whyNotPerson(person, parts.slack.team) ?? (here ? await whyNotHere(origin.channel, parts) : null);
    if (why !== null) return why;
    return person ?? 'Slack does not know you';
  } catch (error) {
    // Fails closed: without Slack's word a guest looks like anybody.
    parts.log.warn({ err: error, user: origin.user, channel: origin.channel }, 'slack did not say who this is');
    parts.token.doubt(error);
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
