import type { VerifyTally } from '../capture/evidence.ts';
import { counted } from './figures.ts';

/** How many savefiles were verified, and what was found: `4 savefiles: 3 hold, 1 changed`. */
export function findingsInWords({ findings }: VerifyTally): string {
  const files = Object.values(findings).reduce((sum, each) => sum + each, 0);
  const found = Object.entries(findings).map(
    ([finding, of]) => `${of} ${finding === 'holds' && of !== 1 ? 'hold' : finding}`,
  );
  return `${counted(files, 'savefile')}${found.length === 0 ? '' : `: ${found.join(', ')}`}`;
}
