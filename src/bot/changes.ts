import type { App } from '@slack/bolt';
import type { Desk } from './desk.ts';

/** What Slack tells of changed people, user groups and channels: it is asked anew before the next order, not believed for minutes. */
export function hearChanges(app: App, { people }: Pick<Desk, 'people'>): void {
  app.event('user_change', async ({ event }) => people.forget('person', event.user.id));
  app.event('subteam_members_changed', async ({ event }) => people.forget('group', event.subteam_id));
  app.event('channel_shared', async ({ event }) => people.forget('channel', event.channel));
}
