import type { App } from '@slack/bolt';
import type { People } from './people.ts';

const heard: readonly string[] = ['user_change', 'subteam_members_changed', 'channel_shared'];

/** What Slack tells of changed people, user groups and channels: it is asked anew before the next order, not believed for minutes. */
export function hearChanges(app: App, people: Pick<People, 'forget'>): void {
  app.event('user_change', async ({ event }) => people.forget('person', event.user.id));
  app.event('subteam_members_changed', async ({ event }) => people.forget('group', event.subteam_id));
  app.event('channel_shared', async ({ event }) => people.forget('channel', event.channel));
}

/** Whether Slack delivers such a change: heard twice it does no more than once, and it must be heard whatever becomes of the registry. */
export function isChange(body: object): boolean {
  if (!('event' in body) || typeof body.event !== 'object' || body.event === null) return false;
  return 'type' in body.event && heard.includes(String(body.event.type));
}
