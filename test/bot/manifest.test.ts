import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AppsManifestCreateArguments } from '@slack/web-api';
import { manifest } from './sample.ts';

type Manifest = Exclude<AppsManifestCreateArguments['manifest'], string>;

/** manifest.yml once more, which the compiler holds it against Slack's type: a key or a scope that Slack does not know is an error here. */
const declared = {
  _metadata: { major_version: 2 },
  display_information: {
    name: 'Capture',
    description: 'Full packet captures on a sensor, started with a reason, found again, searched in the past, audited',
    long_description: [
      'Capture runs packet captures on a Unix sensor from an incident channel. An analyst starts a live capture or searches what a ring',
      'buffer still holds of the past, with a description and a pcap-filter expression; everybody in the channel sees one message that',
      'says what runs, how far it is and what came of it. Every order is in an audit log. Packets never leave the sensor through Slack.',
    ].join(' '),
    background_color: '#1f3a4d',
  },
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
    bot_user: { display_name: 'capture', always_online: false },
    shortcuts: [
      {
        name: 'Start a capture',
        type: 'global',
        callback_id: 'start_capture',
        description: 'Start a capture, or search the past',
      },
      {
        name: 'Capture from message',
        type: 'message',
        callback_id: 'capture_from_message',
        description: 'Capture what a message names',
      },
    ],
    slash_commands: [
      {
        command: '/capture',
        description: 'Capture packets, search the past, see what runs',
        usage_hint:
          'start -d why -e "host 192.0.2.7" | search | list | show c12 | stop c12 | extend c12 --for 2h | approve a3 | get c12 | verify | pin | digest | whoami | help',
        should_escape: false,
      },
    ],
  },
  oauth_config: {
    scopes: {
      bot: [
        'commands',
        'chat:write',
        'users:read',
        'channels:read',
        'groups:read',
        'usergroups:read',
        'app_mentions:read',
        'channels:history',
        'groups:history',
        'im:history',
        'im:write',
      ],
    },
  },
  settings: {
    event_subscriptions: {
      bot_events: [
        'app_home_opened',
        'app_mention',
        'message.im',
        'user_change',
        'subteam_members_changed',
        'channel_shared',
        'app_uninstalled',
        'tokens_revoked',
      ],
    },
    interactivity: { is_enabled: true },
    org_deploy_enabled: false,
    socket_mode_enabled: true,
    token_rotation_enabled: false,
  },
} satisfies Manifest;

/** Scopes that each method of the Web API needs (https://docs.slack.dev/reference/methods). */
const scopesOf: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};
/** Scopes that each event needs (https://docs.slack.dev/reference/events). */
const scopesOfEvents: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  app_uninstalled: [],
  channel_shared: ['channels:read', 'groups:read'],
  'message.im': ['im:history'],
  subteam_members_changed: ['usergroups:read'],
  tokens_revoked: [],
  user_change: ['users:read'],
};
const source = sources('../../src/bot/');

test('manifest.yml is of Slack’s type', () => {
  assert.deepEqual(manifest, declared);
});

test('it asks for the scopes of the methods that the bot calls, and for no others', () => {
  const called = matches(/\.(\w+(?:\.users)?\.\w+)\(\{? ?/g).filter((method) =>
    /^(auth|chat|conversations|users|views|files|usergroups|apps|team)\./.test(method),
  );
  const unknown = called.filter((method) => scopesOf[method] === undefined);
  assert.deepEqual(unknown, [], 'methods whose scopes this test does not know');
  const heard = declared.settings.event_subscriptions.bot_events.flatMap(
    (event) => scopesOfEvents[event] ?? [`of ${event}`],
  );
  const needed = new Set([...called.flatMap((method) => scopesOf[method] ?? []), ...heard]);
  const commands = matches(/app\.command\('([^']+)'/g).length > 0 ? ['commands'] : [];
  assert.deepEqual([...declared.oauth_config.scopes.bot].sort(), [...commands, ...needed].sort());
});

test('it declares the commands, events, shortcuts and buttons that the bot listens to', () => {
  assert.deepEqual(
    matches(/app\.command\('([^']+)'/g),
    declared.features.slash_commands.map(({ command }) => command),
  );
  assert.deepEqual(
    matches(/app\.shortcut<\w+>\(\s*\{ callback_id: '([^']+)'/g).sort(),
    declared.features.shortcuts.map(({ callback_id }) => callback_id).sort(),
  );
  assert.equal(source.match(/app\.shortcut[<(]/g)?.length, declared.features.shortcuts.length);
  assert.deepEqual(
    // The bot's own direct messages are the only ones of which it hears.
    matches(/app\.event(?:<\w+>)?\('([^']+)'/g)
      .map((event) => (event === 'message' ? 'message.im' : event))
      .sort(),
    [...declared.settings.event_subscriptions.bot_events].sort(),
  );
  assert.deepEqual(matches(/app\.(message|options|assistant)[<(]/g), []);
  assert.equal(matches(/app\.(action)[<(]/g).length > 0, declared.settings.interactivity.is_enabled);
});

test('it keeps Slack’s lengths', () => {
  const { name, description, long_description: long } = declared.display_information;
  const { shortcuts } = declared.features;
  assert.ok(
    shortcuts.length <= 10 && shortcuts.every((each) => each.name.length <= 24 && each.description.length <= 150),
  );
  assert.ok(name.length <= 35 && description.length <= 140 && long.length >= 175 && long.length <= 4_000);
});

function sources(folder: string): string {
  const directory = new URL(folder, import.meta.url);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.map((name) => readFileSync(new URL(name, directory), 'utf8')).join('\n');
}

function matches(pattern: RegExp): string[] {
  return [...new Set([...source.matchAll(pattern)].map((match) => match[1] ?? ''))];
}
