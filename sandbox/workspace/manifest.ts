import { isWire, objectIn, objectsIn, textIn, textsIn, type Wire } from './wire.ts';

/** What the app's manifest lets Slack do for it: anything that is not declared here does not exist for the app. */
export type Declared = {
  appName: string;
  botName: string;
  scopes: ReadonlySet<string>;
  events: ReadonlySet<string>;
  /** Slash commands by their name with the slash, and whether mentions and links are escaped in their text. */
  commands: ReadonlyMap<string, { escapes: boolean }>;
  shortcuts: ReadonlyMap<string, 'global' | 'message'>;
  interactive: boolean;
  socketMode: boolean;
  homeTab: boolean;
  /** Whether people can write to the app: Slack has the Messages tab read-only unless the manifest says otherwise. */
  takesMessages: boolean;
};

/** Reads a manifest (the parsed manifest.yml) as Slack does on installation. Throws an Error where a part has no use without another. */
export function declaredIn(manifest: unknown): Declared {
  if (!isWire(manifest)) throw new Error('a manifest is an object, as parsed from manifest.yml');
  const features = objectIn(manifest, 'features');
  const settings = objectIn(manifest, 'settings');
  const home = objectIn(features, 'app_home');
  const appName = textIn(objectIn(manifest, 'display_information'), 'name') ?? 'app';
  return {
    appName,
    botName: textIn(objectIn(features, 'bot_user'), 'display_name') ?? appName,
    scopes: new Set(textsIn(objectIn(objectIn(manifest, 'oauth_config'), 'scopes'), 'bot')),
    events: new Set(textsIn(objectIn(settings, 'event_subscriptions'), 'bot_events')),
    commands: new Map(objectsIn(features, 'slash_commands').map((each) => [named(each, 'command'), escaping(each)])),
    shortcuts: new Map(
      objectsIn(features, 'shortcuts').map((each) => [named(each, 'callback_id'), shortcutKind(each)]),
    ),
    interactive: objectIn(settings, 'interactivity').is_enabled === true,
    socketMode: settings.socket_mode_enabled === true,
    homeTab: home.home_tab_enabled === true,
    takesMessages: home.messages_tab_enabled !== false && home.messages_tab_read_only_enabled === false,
  };
}

function named(declaration: Wire, key: string): string {
  const name = textIn(declaration, key);
  if (!name) throw new Error(`manifest: ${JSON.stringify(declaration)} has no ${key}`);
  return name;
}

function escaping(command: Wire): { escapes: boolean } {
  return { escapes: command.should_escape === true };
}

function shortcutKind(shortcut: Wire): 'global' | 'message' {
  return shortcut.type === 'message' ? 'message' : 'global';
}
