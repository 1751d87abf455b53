import type { Actor } from '../capture/analyst.ts';
import type { Capture } from '../capture/capture.ts';
import type { BothOrder, BothStep, SearchOrder, Started } from '../capture/orders.ts';
import type { Desk } from './desk.ts';

/**
 * Begins a search and leaves it running in this process; what becomes of it is in the registry, where its messages are drawn from.
 * @throws CaptureError as engine.search does, when it cannot even be planned
 */
export async function beginSearch(order: SearchOrder, actor: Actor, desk: Desk): Promise<Started> {
  const steps = desk.engine.search(order, actor, desk.closing)[Symbol.asyncIterator]();
  const first = await steps.next();
  if (first.done === true) throw new Error('a search ended before its first step');
  const { capture, step } = first.value;
  void desk.underway.add(toItsEnd(steps, capture, desk));
  return { capture, warnings: step === 'planned' ? first.value.warnings : [] };
}

/**
 * Starts a live capture and leaves the search of the ring up to it running in this process.
 * @throws CaptureError as engine.both does, when not even the live capture runs
 */
export function beginBoth(order: BothOrder, actor: Actor, desk: Desk): Promise<Started> {
  return beginLive(desk.engine.both(order, actor, desk.closing), desk);
}

/**
 * Waits until the live capture of these steps runs, and leaves the search that may follow running in this process.
 * @throws CaptureError as the steps do, when not even the live capture runs
 */
export async function beginLive(iterable: AsyncIterable<BothStep>, desk: Desk): Promise<Started> {
  const steps = iterable[Symbol.asyncIterator]();
  const first = await steps.next();
  if (first.done === true || first.value.step !== 'started') throw new Error('both began with something else');
  void desk.underway.add(toItsEnd(steps, first.value.capture, desk));
  return first.value;
}

async function toItsEnd(steps: AsyncIterator<BothStep>, { id }: Capture, { log }: Desk): Promise<void> {
  try {
    while ((await steps.next()).done !== true);
  } catch (error) {
    // The person reads of it in the search's message; whoever runs the sensor reads it here.
    log.error({ err: error, capture: id }, 'search failed');
  }
}
