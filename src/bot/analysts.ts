import type { Logger } from 'pino';
import {
  type Actor,
  type Analyst,
  analystAt,
  type Membership,
  mayRole,
  type Origin,
  onlyLooks,
} from '../capture/analyst.ts';
import type { RequesterNow } from '../capture/approval.ts';
import type { Engine } from '../capture/door.ts';
import type { Config, SlackConfig } from '../config.ts';
import type { Haste } from './haste.ts';
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
  readonly haste: Haste;
  readonly token: Pick<TokenWatch, 'doubt'>;
  readonly log: Logger;
}

/**
 * The analyst behind a Slack user, asked anew for every command and every button, whichever way it came: the one place where people are
 * judged, and where their orders are counted.
 * @throws CaptureError `not_allowed` for everyone else, once that is in the audit log
 */
export async function authorise(order: Order, parts: AnalystParts): Promise<Authorised> {
  return admitted(order, parts, true);
}

/**
 * The same for what is asked nowhere in particular, as by a shortcut from the search bar: whoever may give no orders at all is refused.
 * An order itself is authorised anew, where it is given.
 * @throws CaptureError as `authorise`
 */
export async function admit(order: Order, parts: AnalystParts): Promise<Authorised> {
  return admitted(order, parts, false);
}

/** Who somebody is, or why they may see nothing: for what is shown without an order, so that nothing of it is in the audit log. */
export async function acquaintance(
  origin: SlackOrigin,
  parts: Asking & { readonly engine: Pick<Engine, 'whoIs'>; readonly config: Pick<Config, 'analysts'> },
): Promise<Analyst | string> {
  const { engine, config, slack } = parts;
  const asked = await askSlack(origin, parts, false, analystAt(origin, config.analysts, slack.team) === undefined);
  if (typeof asked === 'string') return asked;
  const known = engine.whoIs(origin, membershipOf(asked));
  return 'why' in known ? known.why : known.analyst;
}

/** Who asked for something as a member of a user group, by what Slack says of them now. */
export async function requesterNow(
  origin: SlackOrigin,
  parts: Asking & { readonly engine: Pick<Engine, 'whoIs'> },
): Promise<RequesterNow> {
  const { engine, slack, people, log, token } = parts;
  const asked = await Promise.all([people.person(origin.user), groupsOf(origin.user, parts)]).catch(
    (error: unknown) => {
      log.warn({ err: error, user: origin.user }, 'slack did not say who asked for this');
      token.doubt(error);
    },
  );
  if (asked === undefined) return 'unasked';
  const [person, groups] = asked;
  if (person === undefined || whyNotPerson(person, slack.team) !== null) return 'nobody';
  const known = engine.whoIs(origin, membershipOf({ person, groups }));
  return 'why' in known ? 'nobody' : known.analyst;
}

/** @throws CaptureError `not_allowed` for whoever may look and not capture, once that is in the audit log */
export async function allowCapture(
  { actor }: Authorised,
  verb: string,
  { engine }: Pick<AnalystParts, 'engine'>,
): Promise<void> {
  if (mayRole.capture(actor.analyst)) return;
  await engine.refuse({ ...actor, verb, analyst: actor.analyst.name }, onlyLooks(actor.analyst));
}

async function admitted(order: Order, parts: AnalystParts, here: boolean): Promise<Authorised> {
  const { engine, config, slack, haste } = parts;
  const { origin, verb, words } = order;
  const known = analystAt(origin, config.analysts, slack.team);
  haste.count({ ...order, analyst: known?.name ?? null });
  const asked = await askSlack(origin, parts, here, known === undefined);
  if (typeof asked === 'string') return engine.refuse({ ...order, analyst: known?.name ?? null }, asked);
  return {
    actor: await engine.identify(origin, verb, words, membershipOf(asked)),
    origin,
    timezone: asked.person.tz ?? null,
  };
}

function membershipOf({ person, groups }: Asked): Membership {
  return { groups, handle: person.name ?? '' };
}

/** What Slack is asked of a person with. */
type Asking = Pick<AnalystParts, 'slack' | 'people' | 'token' | 'log'>;

interface Asked {
  readonly person: Person;
  /** Those of the configuration that they are in; none where these do not matter. */
  readonly groups: readonly string[];
}

/** What Slack says of a person, or why they may not. */
async function askSlack(origin: SlackOrigin, parts: Asking, here: boolean, byGroup: boolean): Promise<Asked | string> {
  if (origin.team !== parts.slack.team) return 'only members of this workspace may use capture';
  try {
    const person = await parts.people.person(origin.user);
    const why = whyNotPerson(person, parts.slack.team) ?? (here ? await whyNotHere(origin.channel, parts) : null);
    if (why !== null) return why;
    if (person === undefined) return 'Slack does not know you';
    return { person, groups: byGroup ? await groupsOf(origin.user, parts) : [] };
  } catch (error) {
    // Fails closed: without Slack's word a guest looks like anybody.
    parts.log.warn({ err: error, user: origin.user, channel: origin.channel }, 'slack did not say who this is');
    parts.token.doubt(error);
    return `Slack could not be asked who you are${byGroup && parts.slack.groups !== null ? ', and in which user groups,' : ''} just now: try again in a minute`;
  }
}

/** Those of the configured user groups that somebody is in. */
async function groupsOf(user: string, { slack, people }: Asking): Promise<string[]> {
  const configured = Object.values(slack.groups ?? {}).filter((group) => group !== null);
  const members = await Promise.all(configured.map((group) => people.group(group)));
  return configured.filter((_, at) => members[at]?.includes(user));
}

async function whyNotHere(channel: string, { slack, people }: Asking): Promise<string | null> {
  // A conversation with the bot itself, or between two people: seen by nobody else.
  if (channel.startsWith('D')) return null;
  if (slack.channels.includes(channel)) return whyNotChannel(await people.channel(channel));
  const usable = await Promise.all(slack.channels.slice(0, 3).map((id) => people.channel(id)));
  const named = usable.flatMap((each) =>
    each?.name === undefined || whyNotChannel(each) !== null ? [] : [`#${each.name}`],
  );
  return `capture is not used in this channel: use ${[...named, 'a direct message to capture'].join(' or ')}`;
}
