import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import type { Message, Messages } from './messages.ts';
import type { Attempt } from './saying.ts';

const cannotLook =
  'a message may be posted twice: after a lost answer it cannot be looked for. Update the app from manifest.yml (channels:history, groups:history, im:history) and install it again';

export interface AttemptParts {
  readonly messages: Pick<Messages, 'noteAttempt'>;
  readonly log: Logger;
  readonly now: () => Millis;
}

/** What is known of posting each message; that Slack does not let us look for one is logged once. */
export function attempts({ messages, log, now }: AttemptParts): (message: Message) => Attempt {
  let told = false;
  return (message) => ({
    at: message.attemptedAt,
    note: (at) => messages.noteAttempt(message, at),
    now,
    blind: (error) => {
      if (!told) log.error({ err: error }, cannotLook);
      told = true;
    },
  });
}
