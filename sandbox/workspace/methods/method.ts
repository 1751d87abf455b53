import type { ResponseUrls } from '../response-urls.ts';
import type { State } from '../state.ts';
import type { Triggers } from '../triggers.ts';
import type { Wire } from '../wire.ts';

/** What a method works on. */
export type Desk = {
  state: State;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  /** `http://127.0.0.1:PORT` */
  base(): string;
  /** A new single-use address for Socket Mode. */
  socketUrl(): string;
};

/** A Web API method. `scopes` are those of which ONE is needed; methods that depend on the kind of channel check for themselves. */
export type Method = {
  token: 'bot' | 'app' | 'none';
  scopes: readonly string[];
  run(desk: Desk, args: Wire): Wire;
};

/** A method for the bot's token. */
export function forBot(scopes: readonly string[], run: Method['run']): Method {
  return { token: 'bot', scopes, run };
}
