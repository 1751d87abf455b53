import type { Capture } from './capture.ts';
import type { Aftermath, AuditEntry, Interrupted } from './orders.ts';
import type { Room } from './room.ts';

/** Looks up what came of an interrupted order: call it after `reconcile`, which settles what was cut off. */
export function aftermathOf({ audit, registry, now }: Room, interrupted: Interrupted): Aftermath {
  const entries = entriesOf([...audit.between(interrupted.since, now() + 1)].flat(), interrupted);
  const last = entries.at(-1);
  if (last === undefined) return { outcome: null, detail: null, captures: [], unsearched: null };
  const { outcome, detail, analyst } = last;
  const named = entries.flatMap(({ capture }) => (capture === null ? [] : [registry.byId(capture)]));
  const told = (captures: Capture[]) => ({ outcome, detail, captures, unsearched: unsearchedOf(last, captures) });
  if (outcome !== 'unknown' && outcome !== 'asked') return told(distinct(named));
  const ran = [...registry.ranBetween(interrupted.since, now() + 1)].flat();
  const begun = ran.filter(
    (each) => (each.orderedBy === analyst || each.approvedBy === analyst) && each.startedAt >= interrupted.since,
  );
  return told(distinct([...named, ...begun]));
}

/** The search has an entry of its own, behind that of the order for both. */
function unsearchedOf({ verb }: AuditEntry, captures: readonly Capture[]): Capture | null {
  return (verb === 'both' && captures.find(({ kind, state }) => kind === 'live' && state !== 'failed')) || null;
}

/** Its own entries by its words; where those are not known, all of its person's since. */
function entriesOf(entries: readonly AuditEntry[], { origin, words }: Interrupted): AuditEntry[] {
  const theirs = entries.filter((each) => {
    const from = each.origin;
    return from.door === 'slack' && from.team === origin.team && from.user === origin.user;
  });
  const own = theirs.filter((each) => each.words === words?.toWellFormed());
  // A form is written out as the command that it makes, an answer with the words that it answers.
  const isTyped = words !== null && !words.startsWith('[');
  return own.length > 0 || isTyped ? own : theirs;
}

function distinct(captures: readonly (Capture | undefined)[]): Capture[] {
  return [...new Map(captures.flatMap((each) => (each === undefined ? [] : [[each.id, each] as const]))).values()];
}
