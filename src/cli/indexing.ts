import type { IndexOrder, IndexStep } from '../capture/orders.ts';
import { counted } from '../capture/quantities.ts';
import { percentOf, size } from '../reports/figures.ts';
import { oneLine } from '../reports/words.ts';
import { exits } from './exits.ts';
import { interruptible } from './interrupt.ts';
import type { Json } from './json.ts';
import type { Session } from './session.ts';

/**
 * Indexes ring files and says how much of each ring is indexed then.
 * @returns 0, or 130 when it was interrupted: what was whole by then is kept
 * @throws CaptureError as `engine.index`
 */
export async function index(order: IndexOrder, session: Session): Promise<number> {
  const { engine, actor, output, json, deaf } = session;
  const interrupt = interruptible(deaf);
  try {
    for await (const step of engine.index(order, actor, interrupt.signal)) {
      if (json) output.json(stepJson(step));
      else if (step.step === 'indexed') output.rewrite(`Indexed ${oneLine(step.file)} of ${step.ring}`);
      else output.lines(indexLines(step));
    }
  } finally {
    interrupt.stop();
  }
  return interrupt.signal.aborted ? exits.cancelled.status : exits.done.status;
}

function stepJson(step: IndexStep): Json {
  return step.step === 'ended' ? { ...step, rings: step.rings.map((ring) => ({ ...ring })) } : { ...step };
}

/** What a step has to tell that stays. */
export function indexLines(step: Exclude<IndexStep, { step: 'indexed' }>): string[] {
  switch (step.step) {
    case 'left out':
      return [oneLine(`Not indexed: ${step.file} of ${step.ring}: ${step.why}`)];
    case 'ended': {
      const rate = step.read === 0 ? [] : [`Read ${size(step.read)} in ${(step.milliseconds / 1_000).toFixed(1)} s`];
      const rings = step.rings.map(({ ring, files, indexed, bytes, indexBytes }) => {
        const share = bytes === 0 ? '' : ` (${((100 * indexBytes) / bytes).toFixed(2)}%)`;
        return `Ring ${ring}: ${indexed} of ${counted(files, 'file')} indexed, ${percentOf(indexed, files)}%; ${size(bytes)}, index ${size(indexBytes)}${share}`;
      });
      return [...rate, ...rings].map((line) => line.replaceAll('\u202f', ''));
    }
    default:
      return step satisfies never;
  }
}
