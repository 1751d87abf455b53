import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { CaptureError } from '../capture/errors.ts';
import { bugView, errorView } from './views/error.ts';
import type { View } from './views/view.ts';

/** What a handler threw, for the person who waits: a sentence for what they can mend, a reference in the log for what is our bug. */
export function troubleInWords(error: unknown, log: Logger): View {
  if (error instanceof CaptureError) return errorView(error);
  const reference = randomBytes(4).toString('hex');
  log.error({ err: error, reference }, 'bug in a handler');
  return bugView(reference);
}
