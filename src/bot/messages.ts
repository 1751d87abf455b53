import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { RequestState } from '../capture/approval.ts';
import type { Millis, State } from '../capture/capture.ts';
import { patiently } from '../capture/patience.ts';

/**
 * What the bot says of a capture. `main` is its message in its channel; in its thread: `thread` (a search's progress, the ending), the
 * `warnings` of its start, a `question` before each deadline; to who ordered it alone: its `failure`, and the `loss` of its message, of
 * which the digest's channel has the `loss report`. Of a request for approval: `main`, `thread` (what became of it), and its losses.
 */
export type Part = 'main' | 'thread' | 'warnings' | 'question' | 'failure' | 'loss' | 'loss report';

/** Which message of a capture, or of a request for approval. */
export interface Named {
  readonly capture: string;
  readonly part: Part;
  /** The deadline that a question is about; 0 for all others. */
  readonly about: Millis;
}

/** A message that the bot keeps true: where it is, and what of the capture it shows. */
export interface Message extends Named {
  readonly channel: string;
  /** In the message's metadata: whose message it is, even when the answer to posting it was lost. */
  readonly op: string;
  /** Slack's name for it; null until Slack has it. */
  readonly ts: string | null;
  readonly sentVersion: number;
  readonly sentState: State | RequestState | null;
  readonly sentAt: Millis | null;
  /** When it was last edited; null while it is as it was posted. */
  readonly editedAt: Millis | null;
  /** 1 once it stays as it is, whatever becomes of the capture. */
  readonly settled: 0 | 1;
  /** Slack's word for why it cannot be kept any longer. */
  readonly trouble: string | null;
  /** When a post of it went out whose answer nobody has heard; null when there is none. */
  readonly attemptedAt: Millis | null;
}

/** What a message shows once Slack has it. */
export interface Shown {
  readonly version: number;
  readonly state: State | RequestState;
  readonly at: Millis;
  /** Whether it stays so. */
  readonly settled: boolean;
}

export interface Messages {
  find(capture: string, part: Part): Message | undefined;
  /** All of a capture. */
  of(capture: string): Message[];
  /** The message's row, made when there is none. */
  claim(named: Named, channel: string): Promise<Message>;
  /** Notes that a post goes out now, or with null that none is on its way: certainly not there. */
  noteAttempt(message: Message, at: Millis | null): Promise<void>;
  /** The capture, or the request for approval, that a message is about, by where it is and Slack's name for it; undefined where it is about none. */
  aboutAt(places: readonly string[], ts: string): string | undefined;
  markSent(message: Message, ts: string, shown: Shown): Promise<void>;
  /** Slack cannot show it any longer, or not at all. */
  markLost(message: Message, trouble: string, shown: Shown): Promise<void>;
  /** Keeps what an analyst should know of a capture of theirs, for its thread. */
  keepWarnings(capture: string, warnings: readonly string[]): Promise<void>;
  /** None where there are none. */
  warnings(capture: string): string[];
}

/** All SQL for the tables messages and warnings. */
export function openMessages(database: Database): Messages {
  const columns = `capture, part, about, channel, op, ts, sent_version as sentVersion, sent_state as sentState, sent_at as sentAt,
    edited_at as editedAt, settled, trouble, attempted_at as attemptedAt`;
  const all = database.prepare<[string], Message>(`select ${columns} from messages where capture = ?`);
  const find = database.prepare<[string, Part, Millis], Message>(
    `select ${columns} from messages where capture = ? and part = ? and about = ?`,
  );
  const insert = database.prepare<[string, Part, Millis, string, string]>(
    'insert into messages (capture, part, about, channel, op) values (?, ?, ?, ?, ?) on conflict do nothing',
  );
  const update = database.prepare<[Record<string, unknown>]>(
    `update messages set ts = :ts, trouble = :trouble, sent_version = :version, sent_state = :state, sent_at = :at, settled = :settled,
       edited_at = iif(ts is null, edited_at, :at)
     where capture = :capture and part = :part and about = :about`,
  );
  const attempt = database.prepare<[Millis | null, string, Part, Millis]>(
    'update messages set attempted_at = ? where capture = ? and part = ? and about = ?',
  );
  const heard = database.transaction((message: Message, ts: string, shown: Shown) => {
    attempt.run(null, message.capture, message.part, message.about);
    mark(message, ts, null, shown);
  });
  const mark = ({ capture, part, about }: Message, ts: string | null, trouble: string | null, shown: Shown) => {
    update.run({ capture, part, about, ts, trouble, ...shown, settled: shown.settled ? 1 : 0 });
  };
  const at = database
    .prepare<[string, string], string>('select capture from messages where channel = ? and ts = ?')
    .pluck();
  const insertWarnings = database.prepare<[string, string]>(
    'insert into warnings (capture, words) values (?, ?) on conflict do nothing',
  );
  const warnings = database.prepare<[string], string>('select words from warnings where capture = ?').pluck();
  return {
    find: (capture, part) => find.get(capture, part, 0),
    of: (capture) => all.all(capture),
    aboutAt: (places, ts) => places.flatMap((place) => at.get(place, ts) ?? [])[0],
    async claim({ capture, part, about }, channel) {
      await patiently(database, () => insert.run(capture, part, about, channel, randomUUID()));
      const message = find.get(capture, part, about);
      if (message === undefined) throw new Error(`no row for the ${part} message of ${capture}`);
      return message;
    },
    noteAttempt: ({ capture, part, about }, at) =>
      patiently(database, () => void attempt.run(at, capture, part, about)),
    markSent: (message, ts, shown) => patiently(database, () => heard(message, ts, shown)),
    markLost: (message, trouble, shown) => patiently(database, () => mark(message, message.ts, trouble, shown)),
    keepWarnings: (capture, words) =>
      patiently(database, () => void insertWarnings.run(capture, JSON.stringify(words))),
    warnings: (capture) => JSON.parse(warnings.get(capture) ?? '[]') as string[],
  };
}
