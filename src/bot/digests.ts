import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Millis } from '../capture/capture.ts';
import type { Engine } from '../capture/door.ts';
import type { Config } from '../config.ts';
import { dateNamed, dayBounds } from '../reports/day.ts';
import { digestOf } from '../reports/digest.ts';
import { scheduleDigest } from '../reports/schedule.ts';
import type { DigestRecord } from './digest-record.ts';
import { clocksDiffer, findPosted, isCertainlyNotThere } from './posted.ts';
import { digestView } from './views/digest.ts';
import type { View } from './views/view.ts';

export interface DigestParts {
  readonly engine: Pick<Engine, 'day'>;
  readonly config: Config;
  readonly now: () => Millis;
}

export interface DailyParts extends DigestParts {
  readonly slack: WebClient;
  readonly channel: string;
  readonly record: DigestRecord;
  readonly log: Logger;
}

/**
 * The report on a day of the configured zone.
 * @param date `yyyy-mm-dd`, `yesterday`, or null, which is today, so far
 * @throws CaptureError `bad_request` for a date that does not exist
 */
export async function digestOn(date: string | null, { engine, config, now }: DigestParts): Promise<View> {
  const { timezone } = config.reports;
  const day = dateNamed(date, timezone, now());
  const { from, to } = dayBounds(day, timezone);
  return digestView(digestOf(await engine.day(from, to), { date: day, timezone, sensor: config.sensor, now: now() }));
}

/** Posts each day's digest to its channel, once; `stop` ends it. */
export function postDaily(parts: DailyParts): { stop(): Promise<void> } {
  const { record, config, now, log } = parts;
  return scheduleDigest({
    ...config.reports,
    lastPosted: record.lastPosted,
    claim: record.claim,
    post: (date, claim) => (claim === 'new' ? post(date, parts) : lookThenPost(date, parts)),
    now,
    log,
  });
}

async function post(date: string, parts: DailyParts): Promise<void> {
  const { slack, channel, record } = parts;
  const metadata = { event_type: 'capture_digest', event_payload: { op_id: opOf(date) } };
  try {
    const view = await digestOn(date, parts);
    const { ts } = await slack.chat.postMessage({
      channel,
      ...view,
      metadata,
      unfurl_links: false,
      unfurl_media: false,
    });
    await record.settle(date, ts ?? null);
  } catch (error) {
    if (isCertainlyNotThere(error)) await record.release(date);
    throw error;
  }
}

/** Nobody knows whether this digest was posted: only once its day was over, and only when it is not there it is posted now. */
async function lookThenPost(date: string, parts: DailyParts): Promise<void> {
  const { slack, channel, record, config, now, log } = parts;
  const from = dayBounds(date, config.reports.timezone).to - clocksDiffer;
  try {
    const posted = await findPosted(slack, { channel, thread: null, op: opOf(date), from, to: now() + clocksDiffer });
    if (posted !== undefined) return await record.settle(date, posted.ts);
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError && error.data.error === 'missing_scope')) throw error;
    // A digest twice is worse than one that somebody asks for.
    log.warn({ date, channel }, 'without channels:history nobody knows whether it was posted: /capture digest DATE');
    return record.settle(date, null);
  }
  await post(date, parts);
}

function opOf(date: string): string {
  return `digest ${date}`;
}
