import type { Actor } from '../capture/analyst.ts';
import type { Engine } from '../capture/door.ts';
import type { CallOutcome, Meters } from './meters.ts';

/** The same engine, with each order of this door counted: a search when it has begun, everything else when it is done. */
export function countingOrders(engine: Engine, meters: Meters): Engine {
  const counted =
    <Words extends readonly unknown[], Result>(verb: string, order: (...words: Words) => Promise<Result>) =>
    async (...words: Words): Promise<Result> => {
      try {
        const result = await order(...words);
        meters.command(verb, 'done');
        return result;
      } catch (error) {
        meters.failed(verb, error);
        throw error;
      }
    };
  const begun = <Words extends readonly unknown[], Step>(
    verb: string,
    order: (...words: Words) => AsyncIterable<Step>,
  ) =>
    async function* (...words: Words): AsyncGenerator<Step, void, undefined> {
      let first = true;
      try {
        for await (const step of order(...words)) {
          if (first) meters.command(verb, 'done');
          first = false;
          yield step;
        }
      } catch (error) {
        if (first) meters.failed(verb, error);
        throw error;
      }
    };
  /** What lets an order pass says nothing: the order counts then. */
  const heldBack =
    <Asked extends { readonly verb: string }, Question>(
      ask: (asked: Asked, actor: Actor) => Promise<Question | null>,
    ) =>
    async (asked: Asked, actor: Actor): Promise<Question | null> => {
      try {
        const question = await ask(asked, actor);
        if (question !== null) meters.command(asked.verb, 'asked');
        return question;
      } catch (error) {
        meters.failed(asked.verb, error);
        throw error;
      }
    };
  return {
    ...engine,
    identify: orFailed(meters, engine.identify, (_, verb) => verb),
    refuse: orFailed(meters, engine.refuse, ({ verb }) => verb),
    preflight: heldBack(engine.preflight),
    requestApproval: heldBack(engine.requestApproval),
    start: counted('start', engine.start),
    search: begun('search', engine.search),
    both: begun('both', engine.both),
    list: counted('list', engine.list),
    show: counted('show', engine.show),
    stop: counted('stop', engine.stop),
    approve: begun('approve', engine.approve),
    deny: counted('deny', engine.deny),
    requests: counted('approve', engine.requests),
    showRequest: counted('show', engine.showRequest),
    extend: counted('extend', engine.extend),
    keep: counted('keep', engine.keep),
    get: counted('get', engine.get),
    verify: begun('verify', engine.verify),
    pin: counted('pin', engine.pin),
    pins: counted('pin', engine.pins),
    unpin: counted('unpin', engine.unpin),
  };
}

/** Of these only a refusal counts: what they let pass has an order of its own. */
function orFailed<Words extends readonly unknown[], Result>(
  meters: Meters,
  judge: (...words: Words) => Promise<Result>,
  verbOf: (...words: Words) => string,
): (...words: Words) => Promise<Result> {
  return async (...words) => {
    try {
      return await judge(...words);
    } catch (error) {
      meters.failed(verbOf(...words), error);
      throw error;
    }
  };
}

/** `fetch` for clients of Slack's Web API, with each call counted by its method and what came of it, retries one by one. */
export function countingCalls(meters: Meters): typeof fetch {
  return async (url, init) => {
    const method = methodOf(url);
    try {
      const response = await fetch(url, init);
      void outcomeOf(response).then((outcome) => meters.slackCall(method, outcome));
      return response;
    } catch (error) {
      meters.slackCall(method, 'unreachable');
      throw error;
    }
  };
}

/** `chat.postMessage`; `other` for what is no method, as a file's upload. */
function methodOf(url: string | URL | Request): string {
  const { pathname } = new URL(url instanceof Request ? url.url : url);
  return /\/([a-z]+(?:\.[A-Za-z]+)+)$/.exec(pathname)?.[1] ?? 'other';
}

/** Slack says no with 200 and a word in the body. */
async function outcomeOf(response: Response): Promise<CallOutcome> {
  if (response.status === 429) return 'limited';
  if (!response.ok) return 'error';
  try {
    const body: unknown = await response.clone().json();
    return typeof body === 'object' && body !== null && 'ok' in body && body.ok === true ? 'ok' : 'error';
  } catch {
    return 'unreachable';
  }
}
