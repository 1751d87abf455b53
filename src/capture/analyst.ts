/** What a person may do: a viewer looks, an analyst captures and stops their own, a lead stops anyone's and reads the audit log. */
export type Role = 'viewer' | 'analyst' | 'lead';

export interface Analyst {
  readonly name: string;
  readonly role: Role;
}

/** Where an order came from, as far as the door knows it. */
export type Origin =
  | { readonly door: 'shell'; readonly login: string; readonly tty: string | null; readonly remoteHost: string | null }
  | {
      readonly door: 'slack';
      readonly team: string;
      readonly user: string;
      readonly channel: string;
      /** The Slack user group by which the person has their role; left out where the configuration names them. */
      readonly group?: string;
    }
  | { readonly door: 'engine' };

/** Somebody who has a role here; the origin says so where a Slack user group gives it. */
export interface Known {
  readonly analyst: Analyst;
  readonly origin: Origin;
}

/** Somebody who has none: why, and the name that they had while a user group gave them one. */
export interface Unknown {
  readonly why: string;
  readonly before: string | null;
}

/** An analyst giving an order: who, from where, and the words as typed. */
export interface Actor {
  readonly analyst: Analyst;
  readonly origin: Origin;
  readonly words: string;
}

/** What Slack says of a person: which of the configured user groups they are in, and their Slack name, which they may change. */
export interface Membership {
  readonly groups: readonly string[];
  readonly handle: string;
}

/** A name that needs no quotes anywhere. */
export const plainName = /^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/;

/** An analyst of the configuration with the identities that prove them at each door. */
export interface KnownAnalyst extends Analyst {
  readonly slack: readonly string[];
  readonly login: readonly string[];
}

/** The analyst whose identity at that door this is; undefined is a stranger. Slack ids count only together with the configured team. */
export function analystAt(origin: Origin, known: readonly KnownAnalyst[], team: string | null): Analyst | undefined {
  switch (origin.door) {
    case 'shell':
      return plain(known.find((analyst) => analyst.login.includes(origin.login)));
    case 'slack':
      return team === origin.team ? plain(known.find((analyst) => analyst.slack.includes(origin.user))) : undefined;
    case 'engine':
      return undefined;
    default:
      return origin satisfies never;
  }
}

/** The roles' table: ask it, not the role. */
export const mayRole = {
  capture: (analyst: Analyst) => analyst.role !== 'viewer',
  actFor: (analyst: Analyst, other: string) => analyst.name === other || analyst.role === 'lead',
  exceedLimits: (analyst: Analyst) => analyst.role === 'lead',
  takeAway: (analyst: Analyst) => analyst.role !== 'viewer',
  verify: (analyst: Analyst) => analyst.role !== 'viewer',
  /** Whose Home shows everybody's captures: a lead answers for them, a viewer has none of their own. */
  seeAllAtHome: (analyst: Analyst) => analyst.role !== 'analyst',
  approve: (analyst: Analyst) => analyst.role === 'lead',
  readAudit: (analyst: Analyst) => analyst.role === 'lead',
  /** What is wrong with an installation, by Slack. */
  examine: (analyst: Analyst) => analyst.role === 'lead',
  rebuild: (analyst: Analyst) => analyst.role === 'lead',
} as const;

/** What somebody is told who may look and not capture. */
export function onlyLooks({ name, role }: Analyst): string {
  return `${name} is a ${role} here and may look, not capture: ask a lead for the analyst role`;
}

/** Who gave an order, in words for audit and syslog: `shell:grant@pts/3`, `slack:T1/U2 in C3` or `slack:T1/U2 in C3 by group S4`. */
export function originInWords(origin: Origin): string {
  switch (origin.door) {
    case 'shell': {
      const from = origin.remoteHost === null ? '' : ` from ${origin.remoteHost}`;
      return `shell:${origin.login}@${origin.tty ?? 'no tty'}${from}`;
    }
    case 'slack':
      return `slack:${origin.team}/${origin.user} in ${origin.channel}${origin.group === undefined ? '' : ` by group ${origin.group}`}`;
    case 'engine':
      return 'engine';
    default:
      return origin satisfies never;
  }
}

/**
 * What a stranger is told, with what would make them an analyst.
 * @param groups the Slack user groups whose members are analysts or viewers
 */
export function strangerInWords(origin: Origin, sensor: string, groups: readonly string[] = []): string {
  switch (origin.door) {
    case 'shell':
      return `the login ${origin.login} is no analyst of ${sensor}: ask a lead to add it to "analysts" in the configuration`;
    case 'slack': {
      const group = groups.length === 0 ? '' : `, or you to the Slack user group ${groups.join(' or ')}`;
      return `you are not an analyst of ${sensor}: ask a lead to add your Slack id ${origin.user} to the configuration${group}`;
    }
    case 'engine':
      return 'the engine itself gives no orders';
    default:
      return origin satisfies never;
  }
}

function plain(analyst: Analyst | undefined): Analyst | undefined {
  return analyst && { name: analyst.name, role: analyst.role };
}
