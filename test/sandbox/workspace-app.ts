import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { type Cast, withCast } from '../../sandbox/workspace/cast.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../sandbox/workspace/workspace.ts';

/** A manifest with everything that these tests use. */
export const manifest = {
  display_information: { name: 'capture' },
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
    bot_user: { display_name: 'capture' },
    slash_commands: [{ command: '/capture', description: 'Packet captures', should_escape: false }],
    shortcuts: [
      { type: 'global', name: 'Start a capture', callback_id: 'start', description: 'Start a capture' },
      { type: 'message', name: 'Capture from message', callback_id: 'from_message', description: 'From an alert' },
    ],
  },
  oauth_config: {
    scopes: {
      bot: [
        'commands',
        'chat:write',
        'users:read',
        'channels:read',
        'channels:history',
        'im:write',
        'im:history',
        'app_mentions:read',
        'usergroups:read',
        'files:write',
      ],
    },
  },
  settings: {
    event_subscriptions: {
      bot_events: [
        'app_home_opened',
        'app_mention',
        'message.im',
        'subteam_members_changed',
        'user_change',
        'channel_shared',
      ],
    },
    interactivity: { is_enabled: true },
    socket_mode_enabled: true,
  },
};

/** A workspace with its people, a real Bolt app connected to it, and the way to end both. */
export type Stage = Cast & { workspace: Workspace; app: App; stop(): Promise<void> };

/** Opens a workspace and connects a real Bolt app; `listen` adds the app's listeners before it starts. */
export async function stageWith(listen: (app: App) => void, options: Partial<WorkspaceOptions> = {}): Promise<Stage> {
  const workspace = await openWorkspace({ manifest, ...options });
  const cast = withCast(workspace);
  const app = appFor(workspace);
  listen(app);
  await app.init();
  await app.start();
  return {
    ...cast,
    workspace,
    app,
    async stop() {
      await app.stop();
      await workspace.close();
    },
  };
}

function appFor(workspace: Workspace): App {
  const clientOptions = { slackApiUrl: workspace.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: workspace.appToken,
    logLevel: LogLevel.ERROR,
    // Tests of a broken link wait for the client's pause before it opens a new one: 5 s unless told.
    clientPingTimeout: 200,
    installerOptions: { clientOptions: { ...clientOptions } },
  });
  const retryConfig = { retries: 3, minTimeout: 1, maxTimeout: 5 };
  return new App({
    token: workspace.botToken,
    receiver,
    clientOptions: { ...clientOptions, retryConfig },
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
  });
}
