import { readFile } from 'node:fs/promises';
import { CaptureError } from './errors.ts';
import { everything } from './tcpdump.ts';

/** Compiling the expanded form takes several times what the plain one takes: beyond this it is not worth the wait. Milliseconds. */
export const expansionPatience = 4_000;

/**
 * The one form of an expression that selects the same packets live and from a file, untagged, tagged and tagged twice: the kernel takes
 * the outer tag away before a live filter sees the packet, and `vlan` shifts everything behind it in an expression.
 */
export function expandForVlan(expression: string): string {
  return `(${expression}) or (vlan and (${expression})) or (vlan and (${expression}))`;
}

/** Whether an expression can miss tagged packets at all: one that speaks of tags says itself what it wants. */
export function missesTags(expression: string): boolean {
  return expression !== everything && !speaksOfTags(expression);
}

export function speaksOfTags(expression: string): boolean {
  return /\bvlan\b/.test(expression);
}

/** What there is to decide on. */
export interface Tagged {
  /** What carries the tags, in words: `eth1`, `the ring dmz`. */
  readonly carrier: string;
  readonly expression: string;
  /** What is matched, in words, where that is not the expression. */
  readonly subject?: string;
  /** As typed, whatever the packets carry. */
  readonly exact: boolean;
  /** What the expression as typed passes over, in words. */
  readonly missed: string;
  /** Lets libpcap compile an expression where it is to be used; throws CaptureError. */
  readonly compile: (expression: string) => Promise<unknown>;
}

/** The form of an expression that libpcap gets where packets carry tags; null is as typed. With what the analyst should know of it. */
export async function formFor(tagged: Tagged): Promise<{ expanded: string | null; warning: string }> {
  const { carrier, expression, subject = 'the expression', exact, missed, compile } = tagged;
  const asTyped = (why: string) => ({
    expanded: null,
    warning: `${carrier} carries VLAN tags, and ${subject} is taken as typed${why}: it misses ${missed}`,
  });
  if (exact) return asTyped(' (--exact)');
  const shift = shiftIn(expression);
  if (shift !== undefined) return asTyped(`, since "${shift}" cannot be looked for behind tags and without`);
  const expanded = expandForVlan(expression);
  try {
    await compile(expanded);
  } catch (error) {
    if (error instanceof CaptureError && error.code === 'bad_expression')
      return asTyped(` (behind tags: ${error.message})`);
    throw error;
  }
  return {
    expanded,
    warning: `${carrier} carries VLAN tags: ${subject} is matched without a tag, behind one and behind two; --exact takes it as typed`,
  };
}

/**
 * Looks whether an interface carries VLAN tags, for so many milliseconds at most.
 * @returns true when a tagged packet came, false when none did
 */
export async function seesTags(interfaceName: string, patience: number): Promise<boolean> {
  const { execa } = await import('execa');
  // timeout(1), and not a timer of ours: SIGTERM does not end an idle tcpdump in immediate mode, and we may be gone by then.
  const limit = ['--signal=KILL', String(patience / 1_000)];
  // --immediate-mode: without it the kernel holds a lone packet back for up to a second.
  // No -w: run by root, tcpdump gives what it writes to its own user, and /dev/null would be that user's.
  const probe = ['tcpdump', '--immediate-mode', '-nn', '-i', interfaceName, '-c', '1', '--', 'vlan'];
  const { failed } = await execa('timeout', [...limit, ...probe], { stdin: 'ignore', stdout: 'ignore', reject: false });
  return !failed;
}

/** Whether the system has interfaces for tags on this one; false where it has none, or does not say. */
export async function hasSubinterfaces(interfaceName: string): Promise<boolean> {
  const known = await readFile('/proc/net/vlan/config', 'utf8').catch(() => '');
  return isParent(known, interfaceName);
}

/** Whether an interface stands in the last column of /proc/net/vlan/config: `eth0.100 | 100 | eth0` (net/8021q/vlanproc.c). */
export function isParent(known: string, interfaceName: string): boolean {
  return known.split('\n').some((line) => line.split('|').at(2)?.trim() === interfaceName);
}

/** A word that shifts everything behind it, as `vlan` does: what follows in the expanded form would be looked for in the wrong place. */
export function shiftIn(expression: string): string | undefined {
  return /\b(?:mpls|pppoes|geneve)\b/.exec(expression)?.[0];
}
