import type { Millis } from '../capture/capture.ts';
import type { Drawing } from './drawing.ts';
import { pace } from './pace.ts';

/** Slack takes about fifty edits a minute (tier 3); some of them stay for people's own. */
const editsPerMinute = 40;
/** Of these at least so many are not for progress, but for what people wait for; and at least so many are for progress. */
const leastKept = 10;
const leastForProgress = 8;
/** About one a second in each channel (SLACK.md 3). */
const postsPerMinute = 60;
/** Of these so many are for what a person waits for. */
const postsKept = 20;

/** When the next message may go to Slack: within what Slack takes, and so that what people wait for finds room. */
export interface SlackPace {
  /**
   * Milliseconds until it may; 0 is now.
   * @param goOn how many subjects have an ending to come: one edit of a minute's is kept for each, since all may end at once
   */
  wait(drawing: Pick<Drawing, 'ts' | 'rank'>, now: Millis, goOn: number): Millis;
  /** Notes that one went out. @param ts Slack's name for it; null when it is a new one */
  took(ts: string | null, now: Millis): void;
}

/** The pace of all that one bot keeps true. */
export function slackPace(): SlackPace {
  const edits = pace(editsPerMinute, { steady: true });
  const posts = pace(postsPerMinute);
  return {
    wait({ ts, rank }, now, goOn) {
      const isUrgent = rank <= 1;
      if (ts === null) return posts.wait(now, isUrgent ? 0 : postsKept);
      const kept = Math.min(Math.max(leastKept, goOn), editsPerMinute - leastForProgress);
      return edits.wait(now, isUrgent ? 0 : kept);
    },
    took: (ts, now) => (ts === null ? posts : edits).took(now),
  };
}
