import { holderOf } from '../capture/names.ts';
import type { Config } from '../config.ts';
import { type Condition, isReadable, reading } from './condition.ts';
import { type Finding, warning } from './finding.ts';

/** Whether the configuration names an analyst as somebody else was named before, by a Slack user group: their captures are that analyst's now. */
export function checkNames(config: Config, condition: Condition): Finding[] {
  if (!isReadable(condition)) return [];
  const clashes = reading(config, (database) =>
    config.analysts.flatMap(({ name, slack }) => {
      const holder = holderOf(database, name);
      const isTheSame = holder?.team === config.slack?.team && slack.includes(holder?.user ?? '');
      return holder === undefined || isTheSame ? [] : [{ name, holder }];
    }),
  );
  return clashes.map(({ name, holder }) =>
    warning(
      'slack names',
      `${name} of analysts and ${holder.name}, the Slack user ${holder.user}, who was named so by a user group, are taken for each other: the Slack user is refused`,
      `If they are one person, add ${holder.user} to ${name} in analysts; if not, name both there, ${name} otherwise.`,
    ),
  );
}
