import type { Day, Doubt, DoubtfulSavefile, VerifyTally } from '../capture/evidence.ts';
import { counted, named } from './figures.ts';

/** How many savefiles were verified, and what was found: `4 savefiles: 3 hold, 1 changed`. */
export function findingsInWords({ findings }: VerifyTally): string {
  const files = Object.values(findings).reduce((sum, each) => sum + each, 0);
  const found = Object.entries(findings).map(
    ([finding, of]) => `${of} ${finding === 'holds' && of !== 1 ? 'hold' : finding}`,
  );
  return `${counted(files, 'savefile')}${found.length === 0 ? '' : `: ${found.join(', ')}`}`;
}

/** What each doubt says of savefiles, worst first. */
const doubts = {
  vanished: 'gone, and not deleted by capture',
  changed: 'not what it was, as verify found',
  unreadable: 'not to be read',
  'other size': 'of another size than when digested',
  'written to since': 'written to since digested',
} as const satisfies Record<Doubt, string>;

/** The savefiles that may not verify, a line a doubt: `2 savefiles gone, and not deleted by capture: c3 and c9`. */
export function doubtsInWords(doubtful: readonly DoubtfulSavefile[]): string[] {
  return Object.entries(doubts).flatMap(([doubt, words]) => {
    const ids = doubtful.filter((one) => one.doubt === doubt).map(({ held }) => held.capture);
    return ids.length === 0 ? [] : [`${counted(ids.length, 'savefile')} ${words}: ${named([...new Set(ids)])}`];
  });
}

/** What is wrong with the audit log: the first entry that does not fit, and triggers that are gone; none where it holds. */
export function chainFaultsInWords({ broken, unguarded }: Pick<Day['chain'], 'broken' | 'unguarded'>): string[] {
  return [
    ...(broken === null ? [] : [`the audit log does not hold from entry ${broken.seq} on: ${broken.fault}`]),
    ...(unguarded.length === 0 ? [] : [`the audit log is not guarded by ${named(unguarded)}`]),
  ];
}
