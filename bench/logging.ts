import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Network, openNetwork } from '../sandbox/network/network.ts';
import { startDaemonlogger } from '../sandbox/ring/daemonlogger.ts';
import { openSensor, type Sensor, searched } from '../test/capture/sensor.ts';
import { openLedger } from './ledger.ts';
import { type Held, median } from './promise.ts';

const rates = [50_000, 150_000] as const;
const seconds = 8;
const rounds = 5;
/** What a search beside the logger is for; null is none at all. */
const besides = {
  'no search': null,
  'searches of nothing': 'udp port 1',
  'searches of everything': 'everything',
} as const;
type Beside = keyof typeof besides;

/** What one round came to. */
interface Round {
  readonly lost: number;
  readonly searches: number;
  /** Finished files whose line was held against what they had. */
  readonly compared: number;
  readonly pruned: number;
  /** Files that a search did not name, or of which it found another number of packets. */
  readonly wrong: readonly string[];
}

/**
 * How many packets daemonlogger loses at a high, constant rate, while its ring is pruned all the time, with and without searches one after
 * the other; and whether each search found all that was in the files that it read, and named those that were pruned.
 */
export async function logging(): Promise<Held> {
  const network = await openNetwork({ name: 'logging', kind: 'namespace' });
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-logging-'));
  const found: string[] = [];
  const missed: string[] = [];
  try {
    for (const rate of rates) {
      const came = new Map<Beside, Round[]>();
      for (let one = 0; one < rounds; one += 1)
        for (const beside of Object.keys(besides) as Beside[])
          came.set(beside, [...(came.get(beside) ?? []), await round(network, directory, rate, beside)]);
      const shares = (beside: Beside) => (came.get(beside) ?? []).map(({ lost }) => (lost / (rate * seconds)) * 100);
      const most = Math.max(...shares('no search'));
      for (const [beside, all] of came) {
        const sum = (of: (one: Round) => number) => all.reduce((total, one) => total + of(one), 0);
        const lost = shares(beside);
        found.push(
          `${rate} packets a second, ${beside}: lost ${lost.map((share) => share.toFixed(2)).join(' ')} %, median ${median(lost).toFixed(2)} %; ${sum(({ searches }) => searches)} searches, ${sum(({ compared }) => compared)} finished files found whole, ${sum(({ pruned }) => pruned)} told as pruned`,
        );
        if (median(lost) > most)
          missed.push(`${rate} a second, ${beside}: more is lost than in any round without a search`);
        missed.push(...all.flatMap(({ wrong }) => wrong));
      }
    }
  } finally {
    await network.close();
    rmSync(directory, { recursive: true });
  }
  return {
    promise:
      'a search beside a logger that prunes all the time loses it no packet: half of the rounds lose no more than the worst without a search; and it finds all that is in what it reads',
    found: [
      `${seconds} s a round, ${rounds} rounds of each, in turn`,
      ...found,
      ...missed.map((one) => `missed: ${one}`),
    ],
    holds: missed.length === 0,
  };
}

async function round(network: Network, parent: string, rate: number, beside: Beside): Promise<Round> {
  const directory = mkdtempSync(join(parent, 'round-'));
  const [ring, held] = [join(directory, 'ring'), join(directory, 'held')];
  for (const made of [ring, held]) mkdirSync(made);
  const sensor = openSensor({ rings: [{ name: 'dmz', path: ring, interface: network.interface }] });
  const logger = await startDaemonlogger({
    ...{ network, interface: network.interface, directory: ring, fileSeconds: 2, fileBytes: 2 ** 30, keep: 3 },
  });
  const ledger = openLedger(ring, held);
  const expression = besides[beside];
  let sending = true;
  try {
    const sender = send(network, directory, rate * seconds, rate).finally(() => {
      sending = false;
    });
    const looks: Look[] = [];
    while (sending && expression !== null) looks.push(await look(sensor, ring, expression));
    await sender;
    await logger.stop();
    const packets = ledger.close();
    const written = [...packets.values()].reduce((sum, of) => sum + of, 0);
    return {
      lost: rate * seconds - written,
      searches: looks.length,
      ...judge(looks, packets, expression === 'everything'),
    };
  } finally {
    await logger.stop();
    await sensor.close();
    rmSync(directory, { recursive: true });
  }
}

/** What a search said, and what was in the ring before and after it. */
interface Look {
  readonly before: readonly string[];
  readonly lines: ReturnType<Sensor['engine']['coverage']>;
}

async function look(sensor: Sensor, ring: string, expression: string): Promise<Look> {
  const before = readdirSync(ring);
  const capture = (await searched(sensor, { expression })).at(-1)?.capture;
  if (capture === undefined) throw new Error('a search without a step');
  // What it found is as large as the ring.
  rmSync(capture.path);
  return { before, lines: sensor.engine.coverage(capture.id) };
}

function judge(looks: readonly Look[], packets: ReadonlyMap<string, number>, isEverything: boolean) {
  const wrong: string[] = [];
  let [compared, pruned] = [0, 0];
  for (const { before, lines } of looks) {
    const named = new Set(lines.map(({ file }) => file));
    wrong.push(...before.filter((name) => !named.has(name)).map((name) => `${name} is not named`));
    for (const { file, outcome, detail, packets: own } of lines) {
      const had = packets.get(file) ?? 0;
      if (outcome === 'pruned') pruned += 1;
      else if (outcome !== 'searched' && outcome !== 'empty') wrong.push(`${file}: ${outcome}, ${detail}`);
      else if (own > had) wrong.push(`${file}: ${own} packets found of ${had}`);
      // The newest had more to come.
      else if (isEverything && outcome === 'searched' && file !== lines.at(-1)?.file && detail === null) {
        compared += 1;
        if (own !== had) wrong.push(`${file}: ${own} packets found of ${had}`);
      }
    }
  }
  return { wrong, compared, pruned };
}

/** Exactly so many datagrams of 300 bytes, to nobody's address: no host answers. */
async function send(network: Network, directory: string, count: number, perSecond: number): Promise<void> {
  const packet = join(directory, 'packet.cfg');
  writeFileSync(
    packet,
    "{ eth(da=00:00:5e:00:53:77, sa=00:00:5e:00:53:02), ipv4(saddr=192.0.2.7, daddr=198.51.100.99), udp(sport=4000, dport=9999), fill('x', 258) }\n",
  );
  const { file, args } = network.command(
    'trafgen',
    [
      ...[
        '--dev',
        network.description.peerInterface,
        '--conf',
        packet,
        '--num',
        String(count),
        '--rate',
        `${perSecond}pps`,
      ],
      ...['--cpus', '1', '--no-sock-mem', '--qdisc-path'],
    ],
    'peer',
  );
  await execa(file, args, { stdin: 'ignore' });
}
