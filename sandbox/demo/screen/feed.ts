import type { Channel } from '../../workspace/channels.ts';
import type { Message } from '../../workspace/messages.ts';
import type { Change } from '../../workspace/state.ts';
import { plainText } from '../../workspace/text.ts';
import type { User } from '../../workspace/users.ts';
import type { OpenView } from '../../workspace/views.ts';
import { changedLines, type Shown, shortLine, wholeLines } from './messages.ts';
import { type Line, line } from './screen.ts';

/** Who looks, and at which channel. */
export type Viewer = { user: User; channel: Channel };

/**
 * The lines that a change puts before somebody: messages of the channel that they look at, edits by what changed, a line about new ones
 * in their other channels, and what only they see. Calls and envelopes are not for people.
 */
export function feed(change: Change, viewer: Viewer, shown: Shown): Line[] {
  switch (change.kind) {
    case 'posted':
      if (change.message.channel === viewer.channel.id) return wholeLines(change.message, shown);
      return isNews(change.message, viewer, shown) ? [shortLine(change.message, shown)] : [];
    case 'edited':
      return change.message.channel === viewer.channel.id ? changedLines(change.message, shown) : [];
    case 'ephemeral':
      return change.ephemeral.user === viewer.user.id ? wholeLines(change.ephemeral, shown) : [];
    case 'ephemeral_replaced':
      return change.ephemeral.user === viewer.user.id ? changedLines(change.ephemeral, shown) : [];
    case 'view':
      return change.view.user === viewer.user.id && change.how === 'opened' ? formLines(change.view, shown) : [];
    case 'deleted':
    case 'ephemeral_deleted':
    case 'home':
    case 'file':
    case 'call':
    case 'envelope':
    case 'connections':
      return [];
    default:
      return change satisfies never;
  }
}

/** A form can be looked at here, and no more. */
function formLines(view: OpenView, { workspace }: Shown): Line[] {
  const seen = plainText(view, workspace.nameOf).split('\n');
  return [
    ...seen.map((words) => line(`  ${words}`)),
    line('  A form is filled in in Slack itself: here, type the whole command.', 'quiet'),
  ];
}

function isNews({ channel, threadTs }: Message, { user }: Viewer, { workspace }: Shown): boolean {
  const isMember = workspace.state.channels.get(channel)?.members.has(user.id) === true;
  return isMember && threadTs === undefined;
}
