import { ApiFailure } from '../failure.ts';
import type { Wire } from '../wire.ts';

/** One page of a list as `limit` and `cursor` ask for it, and where the next one begins. */
export function pageOf<Row>(rows: readonly Row[], args: Wire, usual: number): { page: Row[]; next: Wire } {
  const limit = Math.min(Number(args.limit ?? usual) || usual, 999);
  const cursor = typeof args.cursor === 'string' && args.cursor !== '' ? args.cursor : cursorAt(0);
  const from = Number(/^at:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) throw new ApiFailure('invalid_cursor');
  const more = from + limit < rows.length;
  return {
    page: rows.slice(from, from + limit),
    next: { response_metadata: { next_cursor: more ? cursorAt(from + limit) : '' }, has_more: more },
  };
}

function cursorAt(place: number): string {
  return Buffer.from(`at:${place}`).toString('base64');
}
