import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { tellOnLoopback } from './loopback.ts';
import type { Meters } from './meters.ts';
import { healthOf, readingsText, type Sources } from './readings.ts';

/** Milliseconds between two looks of the monitor: what it says of an idle loop, and is taken off. */
const resolution = 10;

/**
 * Tells what the bot counts, and how it is, where the configuration has `metrics`; nothing anywhere else.
 * @throws CaptureError as `tellOnLoopback`
 */
export async function tellMeters(
  { metrics }: Pick<Config, 'metrics'>,
  log: Logger,
  meters: Meters,
  sources: Omit<Sources, 'eventLoop'>,
): Promise<{ close(): Promise<void> }> {
  if (metrics === null) return { close: async () => undefined };
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const eventLoop = () => {
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolution / 1_000);
    const seen = { p99: late(delay.percentile(99)), max: late(delay.max) };
    delay.reset();
    return seen;
  };
  // Whoever asks while it is told hears the same: a crowd costs one look.
  let told: Promise<string> | undefined;
  const tell = async () => `${await meters.text()}\n${await readingsText({ ...sources, eventLoop })}`;
  const close = await tellOnLoopback(
    metrics.port,
    {
      metrics: () => {
        told ??= tell().finally(() => {
          told = undefined;
        });
        return told;
      },
      health: () => healthOf(sources),
    },
    log,
  );
  return {
    close: async () => {
      delay.disable();
      await close();
    },
  };
}
