import type { CaptureError, ErrorCode } from '../../capture/errors.ts';
import type { Status } from './status.ts';
import { bold, code, escaped, said, typedLines } from './text.ts';
import { rows, type View } from './view.ts';

/** Slack's table of the error codes; the shell has exit numbers for the same. */
const kinds = {
  bad_request: { emoji: '✏️', words: 'Not understood' },
  bad_expression: { emoji: '✏️', words: 'Expression refused' },
  not_found: { emoji: '🔍', words: 'Not found' },
  conflict: { emoji: '⏸️', words: 'Not possible now' },
  not_allowed: { emoji: '🚫', words: 'Not allowed' },
  no_room: { emoji: '💾', words: 'No room on the sensor' },
  tool_failed: { emoji: '🛠️', words: 'A tool failed on the sensor' },
} as const satisfies Record<ErrorCode, Status>;

/** An error that the person can act on: what kind, then the message, which says what happened and what to do instead. */
export function errorView(error: CaptureError): View {
  const { emoji, words } = kinds[error.code];
  return {
    text: `${emoji} ${words}: ${escaped(error.message, 500)}`,
    blocks: [rows([bold(`${emoji} ${words}`)], [typedLines(error.message, 2500)])],
  };
}

/** A bug of ours, under the reference by which the log knows it. */
export function bugView(reference: string): View {
  const words = 'The log has it. Tell whoever runs this sensor the reference ';
  return {
    text: `💥 Something broke in capture itself. ${words}${escaped(reference, 100)}`,
    blocks: [
      rows(
        [bold('💥 Something broke in capture itself')],
        [said(words), code(reference, 100)],
        [said('Captures that run go on running.')],
      ),
    ],
  };
}
