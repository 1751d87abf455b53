import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { pcap, udpPackets } from '../test/capture/pcaps.ts';
import { filledFrom } from './fill.ts';
import { type Installation, openInstallation } from './installation.ts';
import type { Held } from './promise.ts';

const captures = 100_000;
const limit = 50;
/** What the scheduler of a busy machine adds differs each time, what we do ourselves is there each time: the least counts. */
const repetitions = 5;
/** Milliseconds between two looks of the monitor: a look is late by what blocks. */
const resolution = 1;

/** The longest time for which an engine with 100,000 captures keeps the event loop of its process from other work. */
export async function blocking(): Promise<Held> {
  const installation = await openInstallation(captures);
  try {
    writeRing(installation.directory);
    const orders = Object.entries(ordersIn(installation)).map(([name, act]) => ({ name, act, blocks: [] as Block[] }));
    for (let one = 0; one < repetitions; one += 1) {
      for (const { act, blocks } of orders) blocks.push(await longestBlock(act));
    }
    return {
      promise: 'nothing blocks an event loop for more than 50 ms',
      found: orders.map(({ name, blocks }) => `${name}: ${inWords(blocks)}`),
      holds: orders.every(({ name, blocks }) => name === nothing || least(blocks, 'delay') <= limit),
    };
  } finally {
    await installation.close();
  }
}

const nothing = 'nothing at all, for comparison';

/** In the order of one round: what is started is stopped in the same. */
function ordersIn({ engine, lead }: Installation): Record<string, () => Promise<unknown>> {
  const forGood = new AbortController().signal;
  return {
    [nothing]: () => pause(500),
    'list --all': () => engine.list({ all: true }, lead),
    'list --all WORD': () => engine.list({ all: true, selector: 'printer' }, lead),
    list: () => engine.list({ all: false }, lead),
    start: () => engine.start({ description: 'blocking', expression: 'udp port 9' }, lead),
    reconcile: () => engine.reconcile(),
    stop: () => engine.stop(null, lead),
    search: () => Array.fromAsync(engine.search(everywhere, lead, forGood)),
    'watch from the first': () => first(captures, (signal) => engine.watch(0, signal)),
    verify: () => first(verified, (signal) => engine.verify({ selector: null, hash: false }, lead, signal)),
    'verify WORD that nothing matches': () =>
      Array.fromAsync(engine.verify({ selector: 'nothing', hash: false }, lead, forGood)).catch(() => undefined),
    audit: () => throughAll(engine.audit({}, lead)),
    'audit --analyst': () => throughAll(engine.audit({ analyst: 'nobody' }, lead)),
    'audit --last 20 --analyst': () => throughAll(engine.audit({ analyst: 'nobody', last: 20 }, lead)),
    'digest of the last day': () => engine.day(filledUntil - 86_400_000, filledUntil),
    'digest of the first day': () => engine.day(filledFrom, filledFrom + 86_400_000),
    'audit verify': () => Array.fromAsync(engine.verifyAudit(null, lead, forGood)),
  };
}

/** When the captures of the past began. */
const filledUntil = filledFrom + captures * 60_000;

/** Reads a source and keeps nothing of it. */
async function throughAll(source: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of source);
}

const everywhere = {
  description: 'blocking',
  expression: 'udp port 4711',
  window: { since: null, until: null },
} as const;
/** Of 100,000 savefiles: each is a row that is written. */
const verified = 2_000;

/** Reads so many of a source that need not end by itself. */
async function first(count: number, source: (signal: AbortSignal) => AsyncIterable<unknown>): Promise<void> {
  const enough = new AbortController();
  let seen = 0;
  for await (const _ of source(enough.signal)) {
    seen += 1;
    if (seen === count) break;
  }
  enough.abort();
}

/** Milliseconds for which the loop did not turn. */
interface Block {
  readonly delay: number;
  /** The longest that this thread computed in one turn: what of a delay is not waiting for a core or a disk. */
  readonly cpu: number;
}

function least(blocks: readonly Block[], what: keyof Block): number {
  return Math.min(...blocks.map((block) => block[what]));
}

function inWords(blocks: readonly Block[]): string {
  const worst = Math.max(...blocks.map(({ delay }) => delay));
  const [delay, cpu] = [least(blocks, 'delay'), least(blocks, 'cpu')];
  return `${delay.toFixed(0)} ms, of CPU ${cpu.toFixed(0)} ms (at worst ${worst.toFixed(0)} ms)`;
}

async function longestBlock(act: () => Promise<unknown>): Promise<Block> {
  const delay = monitorEventLoopDelay({ resolution });
  let cpu = 0;
  let before = threadMillis();
  const turns = setInterval(() => {
    const now = threadMillis();
    cpu = Math.max(cpu, now - before);
    before = now;
  }, resolution);
  delay.enable();
  // A block shows in the next look, and before the first one there is nothing to be late.
  await pause(20);
  delay.reset();
  cpu = 0;
  await act();
  await pause(20);
  delay.disable();
  clearInterval(turns);
  return { delay: Math.max(0, delay.max / 1e6 - resolution), cpu };
}

function threadMillis(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Ten ring files of 2 MB. */
function writeRing(directory: string): void {
  const from = Date.parse('2026-11-24T00:00:00Z') * 1_000;
  for (let file = 0; file < 10; file += 1) {
    const begin = from + file * 60_000_000;
    const packets = udpPackets(25_000, { from: begin, every: 2_000 });
    writeFileSync(join(directory, 'ring', `daemonlogger.pcap.${begin / 1e6}`), pcap(packets));
  }
}
