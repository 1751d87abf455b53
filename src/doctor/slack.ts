import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Config, SlackConfig } from '../config.ts';
import { readSlackSecrets, type SlackSecrets } from '../environment.ts';
import { named } from '../reports/figures.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';
import { judgeGroups } from './slack-groups.ts';

/** Milliseconds that Slack has to answer. */
const patience = 5_000;
const slackItself = 'https://slack.com/api/';
const manifestFile = new URL('../../manifest.yml', import.meta.url);

const answer = z.looseObject({
  ok: z.boolean(),
  error: z.string().optional(),
  team_id: z.string().optional(),
  team: z.string().optional(),
});
const manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) });

/** Whether Slack takes both tokens, and whether the app may do what it needs and no more. No token is ever printed. */
export async function checkSlack({ slack }: Config): Promise<Finding[]> {
  if (slack === null) return [skipped('slack', 'not configured: the shell alone')];
  let secrets: SlackSecrets;
  try {
    secrets = readSlackSecrets(slack);
  } catch (error) {
    const say = 'Put both into the environment of this command, or into the file that slack.tokens names, mode 0600.';
    return [broken('slack tokens', error instanceof Error ? error.message : String(error), say)];
  }
  return [
    ...(await checkBotToken(secrets, slack)),
    ...(await checkGroups(secrets, slack)),
    await checkAppToken(secrets),
  ];
}

async function checkBotToken(secrets: SlackSecrets, slack: SlackConfig): Promise<Finding[]> {
  const asked = await ask('auth.test', secrets.botToken, secrets);
  const check = 'slack bot token';
  if ('trouble' in asked)
    return [asked.refused ? refused(check, asked.trouble, 'OAuth & Permissions') : unreachable(check, asked.trouble)];
  const { team, team_id } = asked.said;
  if (team_id !== slack.team) {
    return [
      broken(
        check,
        `it is of workspace ${team_id}, the configuration says ${slack.team}`,
        'Correct slack.team, or take the token of that workspace.',
      ),
    ];
  }
  return [ok(check, `Slack takes it, for ${team} (${team_id})`), checkScopes(asked.scopes)];
}

function checkScopes(granted: readonly string[] | null): Finding {
  const check = 'slack scopes';
  if (granted === null) return skipped(check, 'Slack does not say which were granted');
  const wanted = manifest.parse(parse(readFileSync(manifestFile, 'utf8'))).oauth_config.scopes.bot;
  const missing = wanted.filter((scope) => !granted.includes(scope));
  const more = granted.filter((scope) => !wanted.includes(scope));
  if (missing.length > 0) {
    return broken(
      check,
      `${named(missing, 9)} not granted`,
      'Update the app from manifest.yml at https://api.slack.com/apps and install it again.',
    );
  }
  if (more.length > 0)
    return warning(
      check,
      `${named(more, 9)} granted and not needed`,
      'Update the app from manifest.yml and install it again.',
    );
  return ok(check, `${named(wanted, 9)}, as manifest.yml asks for`);
}

/** None where nobody has a role by a group. */
async function checkGroups(secrets: SlackSecrets, { groups }: SlackConfig): Promise<Finding[]> {
  if (groups === null) return [];
  const asked = await ask('usergroups.list', secrets.botToken, secrets, 'include_users=true&include_disabled=true');
  if ('said' in asked) return [judgeGroups(groups, asked.said)];
  if (!asked.refused) return [skipped('slack groups', 'Slack does not say which there are')];
  const why = `the user groups of slack.groups cannot be read: ${asked.trouble}`;
  const say =
    'Update the app from manifest.yml (usergroups:read) and install it again; until then nobody is let in by a group.';
  return [broken('slack groups', why, say)];
}

/** Slack gives away the address of a connection that nobody opens: harmless, it lapses. */
async function checkAppToken(secrets: SlackSecrets): Promise<Finding> {
  const asked = await ask('apps.connections.open', secrets.appToken, secrets);
  const check = 'slack app token';
  if ('trouble' in asked)
    return asked.refused
      ? refused(check, asked.trouble, 'Basic Information, App-Level Tokens (connections:write)')
      : unreachable(check, asked.trouble);
  return ok(check, 'Slack takes it, and would open a connection');
}

function refused(check: string, word: string, page: string): Finding {
  return broken(
    check,
    `Slack refuses it: ${word}`,
    `Copy it again from the app’s page, ${page}; https://api.slack.com/apps`,
  );
}

function unreachable(check: string, trouble: string): Finding {
  return broken(
    check,
    `Slack cannot be reached: ${trouble}`,
    'The bot needs a way out to Slack, for HTTPS and WebSockets.',
    `curl -sSI ${slackItself}api.test`,
  );
}

type Asked =
  | { readonly said: z.infer<typeof answer>; readonly scopes: readonly string[] | null }
  | { readonly trouble: string; readonly refused: boolean };

async function ask(method: string, token: string, { apiUrl }: SlackSecrets, body = ''): Promise<Asked> {
  try {
    const response = await fetch(new URL(method, apiUrl ?? slackItself), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body,
      signal: AbortSignal.timeout(patience),
    });
    if (response.status !== 200) return { trouble: `HTTP ${response.status}`, refused: false };
    const said = answer.parse(await response.json());
    if (!said.ok) return { trouble: said.error ?? 'no reason given', refused: true };
    return { said, scopes: response.headers.get('x-oauth-scopes')?.split(/,\s*/) ?? null };
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    return { trouble: messageOf(cause ?? error), refused: false };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
