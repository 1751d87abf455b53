import { CaptureError } from '../capture/errors.ts';
import type { AskedSearch } from '../capture/orders.ts';
import { tooLargeInWords } from '../capture/preflight.ts';
import { interruptible } from './interrupt.ts';
import type { Session } from './session.ts';

/**
 * Whether a search, or both, may begin: one that reads more than `limits.search` only when the person says so, told what it will read.
 * @throws CaptureError as `engine.preflight`; `bad_request` where nobody is there to be asked
 */
export async function mayBegin(asked: AskedSearch, { engine, actor, output, json, deaf }: Session): Promise<boolean> {
  const preflight = await engine.preflight(asked, actor);
  if (preflight === null) return true;
  if (!output.answers || json) {
    throw new CaptureError(
      'bad_request',
      `nothing was begun: ${tooLargeInWords(preflight)}; say --yes to search all the same, or narrow it with --since, --until or -e`,
    );
  }
  const { preflightLines } = await import('../reports/preflight.ts');
  for (const line of preflightLines(preflight)) output.note(line);
  const interrupt = interruptible(deaf);
  try {
    if (await output.agrees('Go on?', interrupt.signal)) return true;
  } finally {
    interrupt.stop();
  }
  output.note(asked.verb === 'both' ? 'Nothing was started or searched.' : 'Nothing was searched.');
  return false;
}
