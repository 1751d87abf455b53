import type { BlockAction } from '@slack/bolt';
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

/** The thread that a button was in: who reads there looks for the answer there. A message that has a thread is not in it. */
export function threadOf({ message, container }: Pick<BlockAction, 'message' | 'container'>): string | null {
  const thread: unknown = message?.thread_ts ?? container.thread_ts;
  return typeof thread === 'string' && thread !== container.message_ts ? thread : null;
}
