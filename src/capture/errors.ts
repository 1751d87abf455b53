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
  /** A limit of the configuration refused it: the audit log and reports count it among what was refused, whatever its code. */
  readonly byLimit: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly byLimit?: boolean } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'CaptureError';
    this.code = code;
    this.byLimit = options.byLimit ?? false;
  }
}
