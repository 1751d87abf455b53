import { execa } from 'execa';
import type { Millis } from '../capture/capture.ts';
import { utc } from '../reports/figures.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';

const check = 'clock';
/** Before this release there was no capture to run. */
const firstYear = 2025;
const lastYear = 2100;

/** Whether the times of packets can be believed: a year that can be, and a clock that something keeps right. */
export async function checkClock(now: Millis): Promise<Finding[]> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const found = `${utc(now)}, zone ${zone}`;
  const year = new Date(now).getUTCFullYear();
  if (year < firstYear || year > lastYear) {
    return [
      broken(
        check,
        `${found}: packets would be stamped with a wrong year`,
        'Set the clock.',
        "date --set '2026-11-24 02:10:05Z'",
      ),
    ];
  }
  const kept = await synchronised();
  switch (kept) {
    case 'yes':
      return [ok(check, `${found}, synchronised`)];
    case 'no':
      return [
        warning(
          check,
          `${found}: nothing synchronises it, so that packet times drift`,
          'Let it be kept right.',
          'timedatectl set-ntp true',
        ),
      ];
    case 'unknown':
      return [skipped(check, `${found}; nothing here says whether it is synchronised`)];
    default:
      return kept satisfies never;
  }
}

async function synchronised(): Promise<'yes' | 'no' | 'unknown'> {
  const timedatectl = await said('timedatectl', ['show', '-p', 'NTPSynchronized', '--value']);
  if (timedatectl === 'yes') return 'yes';
  // chronyd and ntpd keep the clock right without telling timedated, in a container for one.
  const leap = /^Leap status\s*:\s*(.*)$/m.exec((await said('chronyc', ['-n', 'tracking'])) ?? '')?.[1];
  if (leap !== undefined) return leap === 'Not synchronised' ? 'no' : 'yes';
  const ntpq = /leap_(\w+)/.exec((await said('ntpq', ['-c', 'rv 0 leap'])) ?? '')?.[1];
  if (ntpq !== undefined) return ntpq === 'alarm' ? 'no' : 'yes';
  return timedatectl === 'no' ? 'no' : 'unknown';
}

/** What a tool says; undefined where it is not there or cannot say. */
async function said(tool: string, words: readonly string[]): Promise<string | undefined> {
  const { stdout, failed } = await execa(tool, words, { reject: false, stdin: 'ignore', timeout: 3_000 });
  return failed || typeof stdout !== 'string' ? undefined : stdout.trim();
}
