import { CaptureError } from '../capture/errors.ts';

/** @throws CaptureError `bad_request`, always */
export function refuse(message: string): never {
  throw new CaptureError('bad_request', message);
}

/** A typed word for use in a sentence, cut where it is too long to be read. */
export function typed(word: string): string {
  return `'${word.length > 40 ? `${word.slice(0, 40)}…` : word}'`;
}
