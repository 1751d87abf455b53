import type { Millis, RingFileReport } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { silentFor } from '../capture/health.ts';
import { type Planned, planRing, type RingFile } from '../capture/past/ring.ts';
import { quoteWord } from '../command/words.ts';
import type { Config, Ring } from '../config.ts';
import { counted, lasting, named, size, utcOf } from '../reports/figures.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';

/** Clocks of two processes that read the same packet. */
const apart: Millis = 5_000;

/** What each ring holds of the past, and whether its logger still writes. */
export async function checkRings({ rings }: Config, now: Millis): Promise<Finding[]> {
  if (rings.length === 0) return [skipped('rings', 'none in the configuration: there is no past to search')];
  const findings: Finding[] = [];
  for (const ring of rings) findings.push(...(await checkRing(ring, now)));
  return findings;
}

async function checkRing(ring: Ring, now: Millis): Promise<Finding[]> {
  const check = `ring ${ring.name}`;
  const see = `ls -lt ${quoteWord(ring.path)} | head`;
  let planned: Planned[];
  try {
    planned = await planRing(ring.path, { since: null, until: null });
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return [
      broken(
        check,
        error.message,
        'Correct its path in the configuration, or let this user read it.',
        `ls -ld ${quoteWord(ring.path)}`,
      ),
    ];
  }
  const files = planned.flatMap((each) => ('search' in each ? [each.search] : []));
  const others = planned.flatMap((each) => ('report' in each ? [each.report] : []));
  const unreadable = others.filter(({ outcome }) => outcome === 'unreadable');
  const [oldest, newest] = [files[0], files.at(-1)];
  if (oldest === undefined || newest === undefined) {
    return [
      unreadable.length > 0
        ? closed(check, unreadable, see)
        : warning(check, 'no classic pcap with a packet in it yet', 'Is its logger running, with this directory?', see),
    ];
  }
  const found = `${counted(files.length, 'file')}, ${size(files.reduce((sum, file) => sum + file.size, 0))}, from ${utcOf(oldest.firstAt)} to ${utcOf(youngest(files) * 1000)}`;
  return [
    freshness(check, found, { files, now, see }),
    ...(unreadable.length === 0 ? [] : [closed(check, unreadable, see)]),
    ...foreign(check, others),
    ...(newest.firstAt / 1000 > now + apart ? [ahead(check, newest, now)] : []),
  ];
}

function freshness(
  check: string,
  found: string,
  { files, now, see }: { files: readonly RingFile[]; now: Millis; see: string },
): Finding {
  const silent = silentFor(youngest(files), now);
  if (silent === null) return ok(check, found);
  return warning(
    check,
    `${found}: nothing was written for ${lasting(silent)}`,
    'Has its logger stopped? Look for it, and at its files.',
    see,
  );
}

function closed(check: string, unreadable: readonly RingFileReport[], see: string): Finding {
  return broken(
    check,
    `this user may not read ${named(unreadable.map(({ file }) => file))}`,
    'Let this user read the ring.',
    see,
  );
}

function foreign(check: string, others: readonly RingFileReport[]): Finding[] {
  const strange = others.filter(({ outcome }) => outcome === 'not searched');
  if (strange.length === 0) return [];
  const files = named(strange.map(({ file, detail }) => `${file} (${detail})`));
  return [
    warning(
      check,
      `${counted(strange.length, 'file')} cannot be searched: ${files}`,
      'Let the logger write classic pcap, and keep everything else out of the ring.',
    ),
  ];
}

function ahead(check: string, newest: RingFile, now: Millis): Finding {
  const by = lasting(newest.firstAt / 1000 - now);
  return warning(
    check,
    `packets in ${newest.name} are ${by} ahead of the clock: the clock was set back`,
    'Searches by time miss what the clock went through twice: search without --since and --until.',
  );
}

/** Modification time of the file written last. */
function youngest(files: readonly RingFile[]): Millis {
  return files.reduce((latest, file) => Math.max(latest, file.modifiedAt), 0);
}
