import type { Analyst, Origin, Role } from '../../capture/analyst.ts';
import { bold, escaped, said, typed } from './text.ts';
import { rows, type View } from './view.ts';

const mayDo = {
  viewer: 'look: captures with list and show, the day with digest',
  analyst: 'start captures, search the past and stop your own captures',
  lead: 'start and search, also for somebody else, stop anyone’s captures, approve what others ask for and read the audit log',
} as const satisfies Record<Role, string>;

/** Who the sensor takes the person for, by what, and what that lets them do. */
export function whoamiView(analyst: Analyst, origin: Origin): View {
  const known = `You are ${escaped(analyst.name, 80)}, ${article(analyst.role)}`;
  return {
    text: `👤 ${known}`,
    blocks: [
      rows(
        [bold('👤 You are '), typed(analyst.name, 80, { bold: true }), bold(`, ${article(analyst.role)}`)],
        [said(`You may ${mayDo[analyst.role]}.`)],
        [typed(knownBy(origin), 200)],
      ),
    ],
  };
}

function article(role: Role): string {
  return role === 'analyst' ? 'an analyst' : `a ${role}`;
}

function by(group: string | undefined): string {
  return group === undefined ? 'named in the configuration' : `a member of the user group ${group}`;
}

function knownBy(origin: Origin): string {
  switch (origin.door) {
    case 'slack':
      return `Known by Slack user ${origin.user} of team ${origin.team}, ${by(origin.group)}`;
    case 'shell':
      return `Known by the login ${origin.login}`;
    case 'engine':
      return 'The engine itself';
    default:
      return origin satisfies never;
  }
}
