import type { ErrorCode } from '../capture/errors.ts';

/** How the shell door ends: a status for scripts, and what it means to the reader of the manual. */
export interface Exit {
  readonly status: number;
  readonly says: string;
}

/** sysexits(3) as scripts know them. */
export const exits: Readonly<Record<ErrorCode | 'done' | 'unsound' | 'waits' | 'cancelled' | 'bug', Exit>> = {
  done: { status: 0, says: 'what was asked is done' },
  unsound: { status: 1, says: 'verify: a savefile or its sidecar, or the audit log, is not what it was' },
  bad_request: { status: 64, says: 'the words or the configuration are wrong: the message says what to write instead' },
  bad_expression: { status: 65, says: 'libpcap does not accept the expression' },
  not_found: { status: 66, says: 'there is no such capture, pin, ring or savefile, or nothing that stop could stop' },
  tool_failed: { status: 69, says: 'a tool failed, tcpdump for one: the message has its own words' },
  bug: { status: 70, says: 'a bug of capture: please report it with the reference that it prints' },
  no_room: { status: 73, says: 'no room, or no right to write, where savefiles or pins are kept' },
  conflict: { status: 75, says: 'its state forbids it, a capture that has ended already for one' },
  waits: { status: 75, says: 'nothing runs yet: it waits for the approval of a second person' },
  not_allowed: { status: 77, says: 'your role does not allow it, or nobody here knows you' },
  cancelled: { status: 130, says: 'it was cancelled; what a search had merged by then is kept' },
};
