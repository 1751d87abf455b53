import {
  type Actor,
  type Analyst,
  analystAt,
  type Known,
  type Membership,
  type Origin,
  plainName,
  strangerInWords,
  type Unknown,
} from './analyst.ts';
import type { ApprovalRequest } from './approval.ts';
import { giveName, hasLeft, holderOf, likeness, nameOf, type SlackUser } from './names.ts';
import type { Room } from './room.ts';

type SlackOrigin = Extract<Origin, { door: 'slack' }>;

/** Somebody who has a role by a Slack user group, or why their Slack name cannot be theirs here. */
type Member =
  | { readonly is: 'member'; readonly analyst: Analyst; readonly origin: SlackOrigin }
  | { readonly is: 'nameless'; readonly why: string };

/** Who an origin is: by the configuration, else by a Slack user group. */
export function whoIs(room: Room, origin: Origin, membership: Membership | undefined): Known | Unknown {
  const { analysts, slack, sensor } = room.config;
  const analyst = analystAt(origin, analysts, slack?.team ?? null);
  if (analyst !== undefined) return { analyst, origin };
  const member = membership && origin.door === 'slack' ? memberBehind(room, origin, membership) : undefined;
  if (member?.is === 'member') return { analyst: member.analyst, origin: member.origin };
  // Who was a member before is still to be found by their name.
  const before = origin.door === 'slack' ? (nameOf(room.database, origin) ?? null) : null;
  const groups = Object.values(slack?.groups ?? {}).filter((group) => group !== null);
  return { why: member?.why ?? strangerInWords(origin, sensor, groups), before };
}

/**
 * Whether somebody is a second person to what was asked for or runs: neither whose it is nor who ordered it, under whatever name they are
 * known by now.
 */
export function isSecond(room: Room, actor: Who, of: Owned & { readonly origin?: Origin }): boolean {
  const { analyst, orderedBy, origin } = of;
  const isTheirs = [analyst, orderedBy].some((name) => !isAnotherThan(room, actor, name));
  return !isTheirs && (origin === undefined || isAnother(room, actor, origin));
}

/** Somebody, by name and identity. */
type Who = Pick<Actor, 'analyst' | 'origin'>;

/** Whose a request or a capture is, and who ordered it. */
type Owned = Pick<ApprovalRequest, 'analyst' | 'orderedBy'>;

/** Whether somebody is another person than the one behind an identity. */
function isAnother({ config, database }: Room, { analyst, origin }: Who, of: Origin): boolean {
  const now = analystAt(of, config.analysts, config.slack?.team ?? null);
  if (now?.name === analyst.name) return false;
  if (of.door === 'slack' && nameOf(database, of) === analyst.name) return false;
  if (of.door === 'slack' && origin.door === 'slack') return of.team !== origin.team || of.user !== origin.user;
  return !(of.door === 'shell' && origin.door === 'shell' && of.login === origin.login);
}

/** The same for whoever has a name: a user group gave it to a Slack user, who may have another one by now. */
function isAnotherThan(room: Room, actor: Who, name: string): boolean {
  const holder = holderOf(room.database, name);
  if (name === actor.analyst.name) return false;
  return holder?.name !== name || isAnother(room, actor, { door: 'slack', ...holder, channel: '' });
}

/** The Slack user id of an analyst of the configuration, else of who was given this very name as a member of a user group. */
export function slackUserNamed({ config, database }: Room, name: string): string | null {
  const known = config.analysts.find((analyst) => analyst.name === name);
  if (known !== undefined) return known.slack[0] ?? null;
  const holder = holderOf(database, name);
  return holder?.name === name && holder.team === config.slack?.team ? holder.user : null;
}

/**
 * The person behind a Slack user whom the configuration does not name, by the user groups that they are in; undefined where none of these
 * gives a role. Never a lead: whoever may edit a group could make themselves one. The name is their Slack name at the first time, and stays
 * theirs: Slack names are editable, and a rename must neither take anybody's captures nor leave them to somebody else.
 */
function memberBehind(room: Room, origin: SlackOrigin, { groups, handle }: Membership): Member | undefined {
  const { slack } = room.config;
  if (slack === null || origin.team !== slack.team) return undefined;
  for (const role of ['analyst', 'viewer'] as const) {
    const group = slack.groups?.[role] ?? null;
    if (group === null || !groups.includes(group)) continue;
    const named = nameFor(room, { ...origin, group }, handle);
    if ('why' in named) return { is: 'nameless', why: named.why };
    return { is: 'member', analyst: { name: named.name, role }, origin: { ...origin, group } };
  }
  return undefined;
}

type Named = { readonly name: string } | { readonly why: string };

function nameFor(room: Room, origin: SlackOrigin & { readonly group: string }, handle: string): Named {
  const { database } = room;
  const given = nameOf(database, origin);
  if (given !== undefined) {
    if (!isConfigured(room, given)) return { name: given };
    return { why: `${given}, as you are called here, is now an analyst of the configuration: ${wayOut(origin)}` };
  }
  // Immediate: of two who come at once with the same name, one has it.
  return database
    .transaction((): Named => {
      const meanwhile = nameOf(database, origin);
      if (meanwhile !== undefined) return { name: meanwhile };
      const why = whyNotName(room, handle);
      if (why !== null) return { why: `${why}: ${wayOut(origin)}` };
      giveName(database, origin, handle, room.now());
      const detail = `named so for good, as a member of the Slack user group ${origin.group}`;
      room.audit.note({ outcome: 'noted', verb: 'name', analyst: null, actingFor: handle, origin, words: '', detail });
      return { name: handle };
    })
    .immediate();
}

/** Why a Slack name cannot be somebody's here; null when it can. */
function whyNotName(room: Room, handle: string): string | null {
  if (!plainName.test(handle))
    return `your Slack name “${handle}” cannot be a name here, which has up to 40 letters, digits, dots and dashes`;
  if (/^[acp]\d+$/i.test(handle))
    return `your Slack name ${handle} reads like the number of a capture, a pin or a request`;
  if (isConfigured(room, handle)) return `your Slack name ${handle} is that of an analyst of the configuration`;
  const holder = holderOf(room.database, handle);
  if (holder !== undefined)
    return `your Slack name ${handle} is that of somebody else here, the Slack user ${holder.user}`;
  return hasLeft(room.database, handle)
    ? `your Slack name ${handle} is that of somebody whose captures are still here`
    : null;
}

function isConfigured({ config }: Room, name: string): boolean {
  return config.analysts.some((analyst) => likeness(analyst.name) === likeness(name));
}

function wayOut({ user }: SlackUser): string {
  return `ask a lead to name you in the configuration, by your Slack id ${user} and a name of your own`;
}
