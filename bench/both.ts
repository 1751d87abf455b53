import { openNetwork } from '../sandbox/network/network.ts';
import { startDaemonlogger } from '../sandbox/ring/daemonlogger.ts';
import { bothAt } from '../test/capture/both-at.ts';
import { openSensor } from '../test/capture/sensor.ts';
import type { Held } from './promise.ts';

const rates = [20, 200, 2_000, 5_000] as const;
const rounds = 3;

/** What of a stream of numbered packets `both` finds, live and past, at several rates; a real daemonlogger and a real tcpdump on one interface. */
export async function both(): Promise<Held> {
  const network = await openNetwork({ name: 'both', kind: 'loopback' });
  const found: string[] = [];
  let holds = true;
  try {
    for (const rate of rates)
      for (let round = 0; round < rounds; round += 1) {
        const sensor = openSensor();
        const logger = await startDaemonlogger({
          ...{ network, interface: network.interface, directory: sensor.ring, fileSeconds: 2 },
        });
        try {
          const met = await bothAt(sensor, network, rate);
          holds &&= met.twice.length === 0 && met.missing.length === 0 && met.inOrder;
          found.push(
            `${rate} a second: ${met.sent} sent, ${met.live} live, ${met.past} past, ${met.twice.length} twice, ${met.missing.length} missing; ${met.search.why}`,
          );
        } finally {
          await logger.stop();
          await sensor.close();
        }
      }
  } finally {
    await network.close();
  }
  return { promise: 'both has each packet that was sent once, live or past, and in order', found, holds };
}
