import { type EngineChild, startEngine } from './engine-child.ts';
import type { Installation } from './installation.ts';
import type { Batch } from './plan.ts';

/** The engine process of a batch, whichever it is by now. */
export interface InCharge {
  child(): EngineChild;
  /** Kills it, and has it back where the batch says so; false when it was dead. */
  kill(): Promise<boolean>;
  /** Kills it for good. */
  leave(): Promise<void>;
}

/** Starts the engine process of a batch; resolves when it takes orders. */
export async function openInCharge(installation: Installation, { comesBack, supervises }: Batch): Promise<InCharge> {
  let child = await startEngine(installation, supervises);
  let coming: Promise<void> = Promise.resolve();
  const restart = async () => {
    child = await startEngine(installation, supervises);
  };
  return {
    child: () => child,
    kill: async () => {
      // Killed at once, and in the same step another comes: two who kill it do not have two come.
      const hit = child.isAlive() && child.kill();
      if (hit && comesBack) coming = coming.then(restart);
      await coming;
      return hit;
    },
    leave: async () => {
      await coming;
      child.kill();
      await child.ended;
    },
  };
}
