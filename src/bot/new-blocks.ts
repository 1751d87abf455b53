import type { Millis } from '../capture/capture.ts';

/** Slack rolls new blocks out in phases: who did not have them yesterday may have them today. */
const believed: Millis = 24 * 3_600_000;

/** Whether this workspace takes the newest kinds of blocks, as far as its refusals tell. */
export interface NewBlocks {
  mayReach(): boolean;
  /** Notes that it took a message without them, and not with them. */
  refused(): void;
}

/** What is believed for a day: not every message then costs two calls. */
export function newBlocks(now: () => Millis): NewBlocks {
  let refusedAt: Millis | null = null;
  return {
    mayReach: () => refusedAt === null || now() - refusedAt >= believed,
    refused: () => {
      refusedAt = now();
    },
  };
}
