import { z } from 'zod';
import type { SlackConfig } from '../config.ts';
import { counted } from '../reports/figures.ts';
import { broken, type Finding, ok, warning } from './finding.ts';

const listed = z.object({
  usergroups: z.array(
    z.object({
      id: z.string(),
      handle: z.string(),
      date_delete: z.number().default(0),
      users: z.array(z.string()).default([]),
    }),
  ),
});

const check = 'slack groups';

/** Whether the user groups of the configuration are there for the bot to read, as `usergroups.list` said it, disabled ones and users included. */
export function judgeGroups(groups: NonNullable<SlackConfig['groups']>, said: unknown): Finding {
  const { usergroups } = listed.parse(said);
  const wanted = (['viewer', 'analyst'] as const).flatMap((role) => {
    const id = groups[role];
    return id === null ? [] : [{ role, id, found: usergroups.find((each) => each.id === id) }];
  });
  const lost = wanted.filter(({ found }) => found === undefined || found.date_delete > 0);
  if (lost.length > 0) {
    const why = lost.map(({ role, id, found }) =>
      found === undefined ? `there is no user group ${id} (${role})` : `@${found.handle}, ${id} (${role}), is disabled`,
    );
    return broken(
      check,
      `${why.join(', ')}: nobody has a role by it`,
      'Correct slack.groups, or enable the group in Slack (People & user groups): its id is behind “Copy group ID”.',
    );
  }
  const found = wanted.map(
    ({ role, found }) => `${role}: @${found?.handle}, ${counted(found?.users.length ?? 0, 'person', 'people')}`,
  );
  const empty = wanted.some(({ found }) => found?.users.length === 0);
  return empty
    ? warning(check, found.join('; '), 'Add people to the group in Slack, or take it out of slack.groups.')
    : ok(check, found.join('; '));
}
