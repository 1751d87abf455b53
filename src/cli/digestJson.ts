import type { Attempted, Digest } from '../reports/digest.ts';
import { captureJson, iso, type Json, pinboardJson } from './json.ts';

/** The document of a daily report. */
export function digestJson(digest: Digest): Json {
  const { attention } = digest;
  return {
    ...digest,
    from: iso(digest.from),
    to: iso(digest.to),
    madeAt: iso(digest.madeAt),
    running: digest.running.map(captureJson),
    started: digest.started.map(captureJson),
    searched: digest.searched.map(captureJson),
    ended: digest.ended.map(captureJson),
    attention: {
      audit: attention.audit && {
        broken: attention.audit.broken && { ...attention.audit.broken },
        unguarded: attention.audit.unguarded,
      },
      doubtful: attention.doubtful.map(({ held, doubt }) => ({ id: held.capture, savefile: held.savefile, doubt })),
      broken: attention.broken.map(captureJson),
      holed: attention.holed.map(captureJson),
      gaps: attention.gaps.map(captureJson),
      failed: attention.failed.map(attemptJson),
    },
    refused: digest.refused.map(attemptJson),
    analysts: digest.analysts.map((day) => ({ ...day })),
    disk: { ...digest.disk },
    pinned: pinboardJson(digest.pinned),
    head: { ...digest.head },
  };
}

function attemptJson(attempt: Attempted): Json {
  return { ...attempt, at: iso(attempt.at) };
}
