import type { Millis } from '../capture/capture.ts';
import type { Message } from './messages.ts';

/** Messages of which somebody sees an older one than Slack has: they clicked on what is not there any more. */
export interface Stale {
  /** @param about the deadline of the question that was clicked; 0 for the message itself */
  note(id: string, about: Millis): void;
  /** A message as they see it. */
  asSeen(message: Message): Message;
  forget(message: Message): void;
}

/** None yet. */
export function stale(): Stale {
  const noted = new Set<string>();
  const key = (id: string, about: Millis) => `${id} ${about}`;
  const isNoted = ({ capture, part, about }: Message) =>
    (part === 'main' || part === 'question') && noted.has(key(capture, about));
  return {
    note: (id, about) => void noted.add(key(id, about)),
    asSeen: (message) => (isNoted(message) ? { ...message, sentVersion: 0, sentState: null, settled: 0 } : message),
    forget: (message) => void (isNoted(message) && noted.delete(key(message.capture, message.about))),
  };
}
