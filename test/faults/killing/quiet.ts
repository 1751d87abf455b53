import { setTimeout as pause } from 'node:timers/promises';
import type { Actor } from '../../../src/capture/analyst.ts';
import { isOpen } from '../../../src/capture/capture.ts';
import type { Engine } from '../../../src/capture/door.ts';
import { type Aftermath, contradictions } from './whole.ts';

/** Nothing takes an engine longer than this to bring together. Milliseconds. */
const patience = 30_000;

/**
 * One quiet process after a storm: reconciles until nothing changes, and stops what runs. Resolves with every contradiction that it finds,
 * before and after the stop.
 */
export async function quietly(aftermath: Aftermath): Promise<string[]> {
  const { engine, lead } = aftermath;
  const restless = await reconcileUntilNothingChanges(engine);
  const found = await contradictions(aftermath);
  const { captures } = await engine.day(0, Number.MAX_SAFE_INTEGER);
  const running = captures.filter(({ state }) => isOpen(state));
  if (running.length > 0) await stopAll(engine, lead, found);
  return [...restless, ...found, ...(await contradictions(aftermath)).map((each) => `${each}, once all was stopped`)];
}

async function reconcileUntilNothingChanges(engine: Engine): Promise<string[]> {
  const giveUp = Date.now() + patience;
  for (let before = ''; ; ) {
    await engine.reconcile();
    const { captures, head } = await engine.day(0, Number.MAX_SAFE_INTEGER);
    const now = JSON.stringify([head, captures.map(({ version }) => version)]);
    // A supervisor that was started a moment before its starter was killed may have one in hand.
    const atRest = captures.every(({ state }) => state !== 'starting' && state !== 'stopping');
    if (now === before && atRest) return [];
    if (Date.now() > giveUp) return [`it never comes to rest: ${now}`];
    before = now;
    await pause(50);
  }
}

async function stopAll(engine: Engine, lead: Actor, found: string[]): Promise<void> {
  const stopped = engine.stop(null, lead).then(() => true);
  const inTime = await Promise.race([stopped, pause(patience, false, { ref: false })]).catch((error: Error) => {
    found.push(`what runs cannot be stopped: ${error.message}`);
    return true;
  });
  if (!inTime) found.push('the stop of what runs does not come back');
}
