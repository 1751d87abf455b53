import { ApiFailure } from './failure.ts';

/** The app's two tokens: made up anew for every workspace, and worth nothing outside it. */
export type Tokens = {
  bot: string;
  app: string;
  /** Throws `not_authed`, `invalid_auth` or `not_allowed_token_type`. */
  check(wanted: 'bot' | 'app' | 'none', token: string | undefined): void;
  /** From now on `invalid_auth`; both tokens unless one is named. */
  revoke(which?: 'bot' | 'app'): void;
};

/** Tokens in the form of Slack's. */
export function tokensFor(team: string): Tokens {
  const bot = `xoxb-${team}-sandbox`;
  const app = `xapp-1-${team}-sandbox`;
  const revoked = new Set<string>();
  return {
    bot,
    app,
    check(wanted, token) {
      if (wanted === 'none') return;
      if (token === undefined || token === '') throw new ApiFailure('not_authed');
      if (revoked.has(token) || (token !== bot && token !== app)) throw new ApiFailure('invalid_auth');
      if (token !== (wanted === 'bot' ? bot : app)) throw new ApiFailure('not_allowed_token_type');
    },
    revoke(which) {
      if (which !== 'app') revoked.add(bot);
      if (which !== 'bot') revoked.add(app);
    },
  };
}
