import type { Channel } from './channels.ts';
import type { User } from './users.ts';
import type { Workspace } from './workspace.ts';

/** The people and channels that tests and the demo share; the ids of grant, will and the channels are those of SPEC.md section 9. */
export type Cast = {
  grant: User;
  will: User;
  maria: User;
  guest: User;
  stranger: User;
  alertbot: User;
  former: User;
  soc: Channel;
  digest: Channel;
  /** A channel that the bot was not invited to. */
  elsewhere: Channel;
  /** A private channel that the bot was not invited to. */
  secret: Channel;
  /** Shared with another company through Slack Connect. */
  partners: Channel;
  /** No longer in use. */
  attic: Channel;
};

/** Fills a workspace: lead, analyst, manager, guest, stranger, bot and a deactivated user; open, private, shared and archived channels. */
export function withCast(workspace: Workspace): Cast {
  const grant = workspace.addUser({ name: 'grant', id: 'U024BE7LH', realName: 'Grant Lead', kind: 'admin' });
  const will = workspace.addUser({ name: 'will', id: 'U024BE7LJ', realName: 'Will Smith' });
  const maria = workspace.addUser({ name: 'maria', id: 'U024BE7LM', realName: 'Maria Manager' });
  const guest = workspace.addUser({ name: 'guest', id: 'U024BE7LG', kind: 'guest' });
  const stranger = workspace.addUser({ name: 'stranger', id: 'U0STRANGE', kind: 'stranger' });
  const alertbot = workspace.addUser({ name: 'alertbot', id: 'U024BE7LB', kind: 'bot' });
  const former = workspace.addUser({ name: 'former', id: 'U024BE7LF', kind: 'deactivated' });
  const staff = [grant, will, maria].map(({ id }) => id);
  const members = [...staff, guest.id, alertbot.id];
  return {
    ...{ grant, will, maria, guest, stranger, alertbot, former },
    soc: workspace.addChannel({ name: 'soc', id: 'C024BE91L', members }),
    digest: workspace.addChannel({ name: 'soc-digest', id: 'C024BE92M', members: staff }),
    elsewhere: workspace.addChannel({ name: 'random', id: 'C024BE93R', members, bot: false }),
    secret: workspace.addChannel({ name: 'secret', id: 'C024BE94S', kind: 'private', members: staff, bot: false }),
    partners: workspace.addChannel({
      name: 'partners',
      id: 'C024BE95P',
      members: [...staff, stranger.id],
      extShared: true,
    }),
    attic: workspace.addChannel({ name: 'attic', id: 'C024BE96A', members: staff, archived: true }),
  };
}
