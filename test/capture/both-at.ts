import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Network } from '../../sandbox/network/network.ts';
import type { Capture } from '../../src/capture/capture.ts';
import type { BothStep } from '../../src/capture/orders.ts';
import { recordsOf } from './reference.ts';
import type { Sensor } from './sensor.ts';
import { until } from './wait.ts';

/** What became of the packets that were sent while `both` was ordered. */
export interface Met {
  readonly sent: number;
  readonly live: number;
  readonly past: number;
  /** Found more than once, in one of the two or in both. */
  readonly twice: readonly string[];
  /** Found in neither. */
  readonly missing: readonly string[];
  /** Whether each of the two savefiles has them in the order in which each of two senders sent them. */
  readonly inOrder: boolean;
  readonly steps: readonly BothStep[];
  readonly search: Capture;
}

export const port = 47_120;
export const order = { description: 'beacon', expression: `udp port ${port}`, since: null };

/**
 * Orders `both` in the middle of a stream of numbered datagrams, which ends a while after the search has: however slow the machine is, there
 * are packets before, meanwhile and after. A logger must be recording.
 */
export async function bothAt(sensor: Sensor, network: Network, perSecond: number): Promise<Met> {
  let going = true;
  const sent: string[] = [];
  // Two senders in turn, of which one goes on while the other begins anew: two seconds, and one.
  const send = async (sender: string, seconds: number) => {
    const round = `both ${sender}${String(sent.length).padStart(8, '0')}`;
    // A logger writes when it has 4096 bytes: in seconds, not minutes, also where few packets come.
    const payload = `${'.'.repeat(perSecond < 200 ? 300 : 0)}${round}`;
    const count = (perSecond / 2) * seconds;
    await network.traffic.send({ count, to: network.hosts.shop, port, payload, perSecond: perSecond / 2 });
    for (let at = 1; at <= count; at += 1) sent.push(`${round} ${String(at).padStart(6, '0')}`);
  };
  const sendOn = async (sender: string, seconds: number) => {
    await send(sender, seconds);
    while (going) await send(sender, 2);
    // After it, too, whatever was under way.
    await send(sender, 1);
  };
  const sending = Promise.all([sendOn('a', 2), sendOn('b', 1)]);
  const numbers = (path: string) => {
    const records = recordsOf(path).toString('latin1');
    return [...records.matchAll(/both [ab]\d{8} \d{6}/g)].map(([one]) => one);
  };

  try {
    await until(
      'the ring has a part of it',
      () => filesIn(sensor.ring).some((path) => numbers(path).length > 0),
      60_000,
    );
    const steps = await Array.fromAsync(sensor.engine.both(order, sensor.grant, new AbortController().signal));
    going = false;
    await sending;
    const [id, searchId] = [steps[0]?.capture.id, steps.at(-1)?.capture.id];
    const [live] = await sensor.engine.stop(id ?? null, sensor.grant);
    const search = sensor.engine.peek(searchId ?? '');
    if (live === undefined || search === undefined) throw new Error(`no such captures: ${id}, ${searchId}`);
    const [seen, found] = [numbers(live.path), numbers(search.path)];
    const all = [...found, ...seen];
    const once = new Set(all);
    return {
      ...{ sent: sent.length, live: seen.length, past: found.length, steps, search },
      twice: repeated(all),
      missing: sent.filter((one) => !once.has(one)),
      inOrder: [found, seen].every((some) => ['a', 'b'].every((sender) => rises(some, `both ${sender}`))),
    };
  } finally {
    going = false;
    await sending;
  }
}

function repeated(all: readonly string[]): string[] {
  const seen = new Set<string>();
  return all.filter((one) => seen.size === seen.add(one).size);
}

function rises(numbers: readonly string[], beginning: string): boolean {
  const of = numbers.filter((one) => one.startsWith(beginning));
  return of.every((one, at) => at === 0 || (of[at - 1] ?? '') < one);
}

function filesIn(ring: string): string[] {
  return readdirSync(ring).map((name) => join(ring, name));
}
