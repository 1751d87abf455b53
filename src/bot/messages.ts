import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { RequestState } from '../capture/approval.ts';
import type { Millis, State } from '../capture/capture.ts';

/** A capture's message in its channel, and the one that the bot keeps in its thread. */
export type Part = 'main' | 'thread';

/** A message that the bot keeps true, of a capture or of a request for approval: where it is, and what of that it shows. */
export interface Message {
  readonly capture: string;
  readonly part: Part;
  readonly channel: string;
  /** In the message's metadata: whose message it is, even when the answer to posting it was lost. */
  readonly op: string;
  /** Slack's name for it; null until Slack has it. */
  readonly ts: string | null;
  readonly sentVersion: number;
  readonly sentState: State | RequestState | null;
  readonly sentAt: Millis | null;
  /** Slack's word for why it cannot be kept any longer. */
  readonly trouble: string | null;
}

/** What a message shows once Slack has it. */
export interface Shown {
  readonly version: number;
  readonly state: State | RequestState;
  readonly at: Millis;
}

export interface Messages {
  find(capture: string, part: Part): Message | undefined;
  /** The message's row, made when there is none. */
  claim(capture: string, part: Part, channel: string): Message;
  markSent(message: Message, ts: string, shown: Shown): void;
  /** Slack cannot show it any longer, or not at all. */
  markLost(message: Message, trouble: string, shown: Shown): void;
}

/** All SQL for the table messages. */
export function openMessages(database: Database): Messages {
  const columns = `capture, part, channel, op, ts, sent_version as sentVersion, sent_state as sentState, sent_at as sentAt, trouble`;
  const find = database.prepare<[string, Part], Message>(
    `select ${columns} from messages where capture = ? and part = ?`,
  );
  const insert = database.prepare<[string, Part, string, string]>(
    'insert into messages (capture, part, channel, op) values (?, ?, ?, ?) on conflict do nothing',
  );
  const set = 'ts = ?, trouble = ?, sent_version = ?, sent_state = ?, sent_at = ?';
  const update = database.prepare<[string | null, string | null, number, State | RequestState, Millis, string, Part]>(
    `update messages set ${set} where capture = ? and part = ?`,
  );
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
    markSent: (message, ts, shown) => mark(message, ts, null, shown),
    markLost: (message, trouble, shown) => mark(message, message.ts, trouble, shown),
  };
}
