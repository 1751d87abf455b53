import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Millis, State } from '../capture/capture.ts';

/** A capture's message in its channel, and the one that the bot keeps in its thread. */
export type Part = 'main' | 'thread';

/** A message that the bot keeps true: where it is, and what of the capture it shows. */
export interface Message {
  readonly capture: string;
  readonly part: Part;
  readonly channel: string;
  /** In the message's metadata: whose message it is, even when the answer to posting it was lost. */
  readonly op: string;
  /** Slack's name for it; null until Slack has it. */
  readonly ts: string | null;
  readonly sentVersion: number;
  readonly sentState: State | null;
  readonly sentAt: Millis | null;
  /** Slack's word for why it cannot be kept any longer. */
  readonly trouble: string | null;
  /** When a post of it went out whose answer nobody has heard; null when there is none. */
  readonly attemptedAt: Millis | null;
}

/** What a message shows once Slack has it. */
export interface Shown {
  readonly version: number;
  readonly state: State;
  readonly at: Millis;
}

export interface Messages {
  find(capture: string, part: Part): Message | undefined;
  /** The message's row, made when there is none. */
  claim(capture: string, part: Part, channel: string): Message;
  /** Notes that a post goes out now, or with null that none is on its way: certainly not there. */
  noteAttempt(message: Message, at: Millis | null): void;
  markSent(message: Message, ts: string, shown: Shown): void;
  /** Slack cannot show it any longer, or not at all. */
  markLost(message: Message, trouble: string, shown: Shown): void;
}

/** All SQL for the table messages. */
export function openMessages(database: Database): Messages {
  const columns = `capture, part, channel, op, ts, sent_version as sentVersion, sent_state as sentState, sent_at as sentAt, trouble,
    attempted_at as attemptedAt`;
  const find = database.prepare<[string, Part], Message>(
    `select ${columns} from messages where capture = ? and part = ?`,
  );
  const insert = database.prepare<[string, Part, string, string]>(
    'insert into messages (capture, part, channel, op) values (?, ?, ?, ?) on conflict do nothing',
  );
  const set = 'ts = ?, trouble = ?, sent_version = ?, sent_state = ?, sent_at = ?';
  const update = database.prepare<[string | null, string | null, number, State, Millis, string, Part]>(
    `update messages set ${set} where capture = ? and part = ?`,
  );
  const attempt = database.prepare<[Millis | null, string, Part]>(
    'update messages set attempted_at = ? where capture = ? and part = ?',
  );
  const heard = database.transaction((message: Message, ts: string, shown: Shown) => {
    attempt.run(null, message.capture, message.part);
    mark(message, ts, null, shown);
  });
  const mark = (message: Message, ts: string | null, trouble: string | null, shown: Shown) => {
    update.run(ts, trouble, shown.version, shown.state, shown.at, message.capture, message.part);
  };
  return {
    find: (capture, part) => find.get(capture, part),
    claim(capture, part, channel) {
      insert.run(capture, part, channel, randomUUID());
      const message = find.get(capture, part);
      if (message === undefined) throw new Error(`no row for the ${part} message of ${capture}`);
      return message;
    },
    noteAttempt: (message, at) => void attempt.run(at, message.capture, message.part),
    markSent: (message, ts, shown) => heard(message, ts, shown),
    markLost: (message, trouble, shown) => mark(message, message.ts, trouble, shown),
  };
}
