import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Millis } from '../capture/capture.ts';
import type { Config } from '../config.ts';
import type { Finding } from './finding.ts';

/**
 * Examines an installation beside what runs in this process, which goes on meanwhile. Nothing is written, and syslog is not tried.
 * @throws what the signal's reason is, once it aborts
 */
export async function examineBeside(config: Config, now: Millis, signal: AbortSignal): Promise<Finding[]> {
  const patient = { file: config.file, config, now, silent: true };
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: patient });
  try {
    const [findings] = await once(worker, 'message', { signal });
    return findings;
  } finally {
    await worker.terminate();
  }
}
