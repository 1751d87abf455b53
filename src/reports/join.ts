import type { Join } from '../capture/capture.ts';

/** What is to become, or became, of the joined savefile that a capture is a part of. */
export function joinInWords(join: Join): string {
  switch (join.join) {
    case 'awaited':
      return 'joined with the others of its order once all have ended';
    case 'into':
      return `with the others of its order into ${join.capture}`;
    case 'none':
      return join.why;
    default:
      return join satisfies never;
  }
}
