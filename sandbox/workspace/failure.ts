import type { Wire } from './wire.ts';

/** A refusal by the Web API: becomes `{ ok: false, error, ...facts }` with status 200, as on Slack. */
export class ApiFailure extends Error {
  readonly error: string;
  readonly facts: Wire;

  constructor(error: string, facts: Wire = {}) {
    super(error);
    this.name = 'ApiFailure';
    this.error = error;
    this.facts = facts;
  }
}

/** The refusal of arguments that do not hold, naming each: `messages` without the `[ERROR]` that Slack puts before them. */
export function argumentFailure(error: string, messages: readonly string[]): ApiFailure {
  return new ApiFailure(error, {
    errors: messages,
    response_metadata: { messages: messages.map((each) => `[ERROR] ${each}`) },
  });
}
