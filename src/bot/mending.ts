import { WebAPIPlatformError } from '@slack/web-api';
import { CaptureError } from '../capture/errors.ts';

/** Slack's words for a token that will not work again by itself, and what to do about each. */
const mendings: Readonly<Record<string, string>> = {
  invalid_auth: 'it is not a token of this workspace, or it was revoked: copy it again from the app’s page',
  not_authed: 'no token arrived: set it',
  not_allowed_token_type: 'it is another kind of token: the bot’s begins with xoxb-, the app-level one with xapp-',
  account_inactive: 'the app was removed from the workspace: install it again',
  token_revoked: 'it was revoked: install the app again and copy the new token',
  token_expired: 'it has expired: switch token rotation off, or copy a new token',
  user_removed_from_team: 'the bot was removed from the workspace: install the app again',
  team_disabled: 'the workspace is disabled: ask its administrators',
  missing_scope:
    'the app was installed with fewer scopes than manifest.yml asks for: update the app and install it again',
};

export type TokenName = 'SLACK_BOT_TOKEN' | 'SLACK_APP_TOKEN';

/** Why the bot cannot talk to Slack with a token, and what to do, in a sentence for whoever runs the sensor. */
export function whatToMend(error: unknown, token: TokenName): CaptureError {
  const word = error instanceof WebAPIPlatformError ? error.data.error : null;
  const mending = word === null ? undefined : mendings[word];
  const page =
    token === 'SLACK_APP_TOKEN' ? 'Basic Information, App-Level Tokens (connections:write)' : 'OAuth & Permissions';
  if (mending !== undefined) {
    return new CaptureError('bad_request', `Slack refuses ${token} (${word}): ${mending} (${page})`, { cause: error });
  }
  const said = error instanceof Error ? error.message : String(error);
  return new CaptureError('tool_failed', `Slack cannot be reached with ${token}: ${said}`, { cause: error });
}

/** Whether Slack refuses a token for good. */
export function isRefusal(error: unknown): boolean {
  return error instanceof WebAPIPlatformError && mendings[error.data.error] !== undefined;
}
