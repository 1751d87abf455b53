import type { Millis } from '../capture/capture.ts';
import type { Turn } from './drawing.ts';

type Holdable = Pick<Turn, 'name' | 'ts' | 'channel' | 'knocks'>;

/** What is held back although it is due, and until when. */
export interface Held {
  /** 0 where nothing holds it back. */
  until(drawing: Holdable): Millis;
  /** Slack limits all edits alike, or all new messages in one channel. */
  limit(drawing: Holdable, until: Millis): void;
  /** Its channel is shut: one message at a time tries whether it is open again. */
  shut(drawing: Holdable, until: Millis): void;
  open(drawing: Holdable): void;
  /** It failed: one message that does must not hold up another. */
  fail(drawing: Holdable, until: Millis): void;
}

/** Holds nothing back yet. */
export function held(): Held {
  const notBefore = new Map<string, Millis>();
  const limitOf = ({ ts, channel }: Holdable) => (ts === null ? `posts ${channel}` : 'edits');
  const doorOf = ({ channel }: Holdable) => `door ${channel}`;
  const nameOf = ({ name }: Holdable) => `message ${name}`;
  return {
    until(drawing) {
      const keys = [limitOf(drawing), nameOf(drawing), ...(drawing.knocks ? [doorOf(drawing)] : [])];
      return Math.max(...keys.map((key) => notBefore.get(key) ?? 0));
    },
    limit: (drawing, until) => void notBefore.set(limitOf(drawing), until),
    shut: (drawing, until) => void notBefore.set(doorOf(drawing), until),
    open: (drawing) => void notBefore.delete(doorOf(drawing)),
    fail: (drawing, until) => void notBefore.set(nameOf(drawing), until),
  };
}
