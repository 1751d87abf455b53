import type { WebClient } from '@slack/web-api';
import { type AttemptParts, attempts } from './attempts.ts';
import type { Turn } from './drawing.ts';
import type { Message } from './messages.ts';
import { newBlocks } from './new-blocks.ts';
import { type Said, say } from './saying.ts';

export interface ShowingParts extends AttemptParts {
  readonly slack: WebClient;
}

/** Has Slack show a message as its subject is now; a view that cannot be made is a message that fails, and no more. */
export function showing(parts: ShowingParts): (turn: Turn, message: Message) => Promise<Said> {
  const { slack, now } = parts;
  const attemptOf = attempts(parts);
  const blocks = newBlocks(now);
  return async ({ subject, part, about, channel, thread, broadcast }, message) => {
    try {
      const { op, ts } = message;
      const attempt = attemptOf(message);
      const view = subject.view(part, now(), about);
      return await say(slack, { channel, ts, thread, broadcast, op, attempt, ...view }, blocks);
    } catch (error) {
      return { outcome: 'failed', error };
    }
  };
}
