/** What went wrong, in the seven kinds that the doors tell apart: each door turns a code into its own status in one table. */
export type ErrorCode =
  | 'bad_request'
  | 'bad_expression'
  | 'not_found'
  | 'conflict'
  | 'not_allowed'
  | 'no_room'
  | 'tool_failed';

/** An error that an analyst can act on: the message says what was wrong and what to do instead. Anything else thrown is a bug. */
export class CaptureError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'CaptureError';
    this.code = code;
  }
}
