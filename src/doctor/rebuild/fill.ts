import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Actor } from '../../capture/analyst.ts';
import { openAudit } from '../../capture/audit.ts';
import type { CaptureId, Millis } from '../../capture/capture.ts';
import { bootId, type ProcessToken, sinceBoot } from '../../capture/process.ts';
import { bytesInWords, counted } from '../../capture/quantities.ts';
import { openRestoring, type Restored } from '../../capture/restore.ts';
import { numberOf } from '../../capture/row.ts';
import type { Config } from '../../config.ts';
import type { Found, LeftAlone, Source } from './found.ts';
import { lastNumber } from './salvage.ts';

/** A capture that has an entry again. */
export interface Filled {
  readonly id: CaptureId;
  readonly found: FoundCapture;
}

type FoundCapture = Exclude<Found, LeftAlone>;

export interface Material {
  readonly config: Config;
  readonly actor: Actor;
  readonly now: () => Millis;
  readonly self: ProcessToken;
  readonly found: readonly Found[];
  /** What the new audit log begins with. */
  readonly detail: string;
}

/** Fills an empty registry: the audit log's first entry, then the captures, those whose id is known before the others. */
export function fill(database: Database.Database, { config, actor, now, self, found, detail }: Material): Filled[] {
  const restoring = openRestoring(database, self);
  const audit = openAudit(database, self, now);
  const order = { outcome: 'noted', verb: 'rebuild', analyst: actor.analyst.name, words: actor.words } as const;
  const note = (more: { actingFor: string | null; capture?: CaptureId; detail: string }) =>
    audit.note({ ...order, origin: actor.origin, ...more });
  const put = (each: FoundCapture, id: CaptureId | null): Filled => {
    const found = { ...each, restored: limited(each, config, now()) };
    const filled = { id: restoring.put({ ...found.restored, id }), found };
    const { analyst, savefile } = found.restored;
    const detail = [`${originOf(found)}: ${savefile}`, ...unknownOf(filled)].join('; ');
    // The sidecars themselves say the same of the others, with their digests.
    if (found.from !== 'sidecar') note({ actingFor: analyst, capture: filled.id, detail });
    return filled;
  };
  return database.transaction(() => {
    note({ actingFor: null, detail });
    const { withId, rest } = parted(found.filter((each) => each.from !== 'nothing'));
    const highest = Math.max(lastNumber(config), numberInWords(config));
    restoring.passOver([...withId.keys()].reduce((most, id) => Math.max(most, numberOf(id)), highest));
    return [...[...withId].map(([id, each]) => put(each, id)), ...rest.map((each) => put(each, null))];
  })();
}

/** Where a capture was found, in words. */
export function originOf(found: FoundCapture): string {
  switch (found.from) {
    case 'sidecar':
      return 'from its sidecar';
    case 'process':
      return `from its running tcpdump${sources[found.words]}`;
    case 'savefile':
      return `from its savefile, which has no sidecar${sources[found.words]}`;
    default:
      return found satisfies never;
  }
}

const sources: Readonly<Record<Source, string>> = {
  name: '',
  registry: ', and what could be read of the old registry',
  sidecar: ', and the sidecars of its earlier savefiles',
};

/** What of a capture that runs went with the old registry, and what holds now, in words; none of one that does not run. */
export function unknownOf({ id, found }: Filled): string[] {
  if (found.from !== 'process') return [];
  const { limits, keep, deadline } = found.restored;
  const size = limits.bytes === null ? 'no limit of size' : `${bytesInWords(limits.bytes)} at most`;
  const packets = limits.packets === null ? [] : [`${counted(limits.packets, 'packet')} at most`];
  const end = deadline === null ? [] : [`it ends at ${new Date(deadline.at).toISOString()}`];
  const again = keep ? '' : `, capture keep ${id} has it started again after a reboot`;
  return [
    `${gone[found.words]} known any more: ${[...end, size, ...packets].join(', ')}; capture extend ${id} moves its end${again}`,
  ];
}

const gone: Readonly<Record<Source, string>> = {
  name: 'its limits, --keep, case and words as typed are not',
  registry: 'its limits are not',
  sidecar: 'its deadline is not',
};

/** Where two claim one id, the first keeps it. */
function parted(found: readonly FoundCapture[]): { withId: Map<CaptureId, FoundCapture>; rest: FoundCapture[] } {
  const withId = new Map<CaptureId, FoundCapture>();
  const rest: FoundCapture[] = [];
  for (const each of found) {
    const { id } = each.restored;
    if (id === null || withId.has(id)) rest.push(each);
    else withId.set(id, each);
  }
  return { withId, rest: rest.sort((one, other) => one.restored.startedAt - other.restored.startedAt) };
}

/**
 * What runs must end by itself: its deadline went with the registry, so it has the whole of the configured duration once more. Not so
 * bytes: it may have been granted more than the configuration's, and would end at the first look.
 */
function limited({ from, restored }: FoundCapture, config: Config, now: Millis): Restored {
  if (from !== 'process') return restored;
  const { duration } = config.limits;
  const deadline = { at: now + duration, uptime: sinceBoot() + duration, boot: bootId };
  return { ...restored, deadline };
}

/** The highest number of a capture whose tcpdump said something: failed ones have no savefile. */
function numberInWords({ state }: Config): number {
  try {
    const numbers = readdirSync(join(state, 'tcpdump')).map((name) => numberOf(name.replace(/\.stderr$/, '')));
    return numbers.reduce((most, number) => Math.max(most, number), 0);
  } catch {
    // No live capture was ever started.
    return 0;
  }
}
