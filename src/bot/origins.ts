import type { SlackOrigin } from './analysts.ts';

/** What Slack says with each click, shortcut and form of where it came from. */
interface Delivered {
  readonly user: { readonly id: string; readonly team_id?: string };
  readonly team: { readonly id: string } | null;
  readonly channel?: { readonly id: string };
}

/** Who did something in Slack, and where; `''` is nowhere in particular. */
export function originOf({ user, team, channel }: Delivered): SlackOrigin {
  return { door: 'slack', team: user.team_id ?? team?.id ?? '', user: user.id, channel: channel?.id ?? '' };
}
