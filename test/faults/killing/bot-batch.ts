import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomFrom } from '../../../sandbox/ring/random.ts';
import { type BotProcess, openStage, type Stage } from '../../e2e/stage.ts';
import { killSupervisors, knownIn, supervisorsOf } from './installation.ts';
import { afterTrace } from './pace.ts';
import type { Phase } from './plan.ts';
import { quietly } from './quiet.ts';
import { seen } from './strike.ts';
import type { Tally } from './tally.ts';
import { sendTo, target } from './traffic.ts';

/** How often the bot is killed at any instant; else once the registry shows a trace of what it does: what follows is more delicate. */
const atAnyInstant = 0.25;
const longest = 3_000;
const firstPort = 31_000;

/**
 * Has captures ordered in the local workspace from the real bot, which is killed once while they start, once while they run and once while
 * they stop; then looks what a quiet process finds.
 */
export async function playBotBatch(seed: number, size: number, tally: Tally): Promise<void> {
  const afterwards: (() => unknown)[] = [];
  const stage = await openStage({ after: (end) => void afterwards.push(end as () => unknown) });
  const supervisors = () => supervisorsOf(join(stage.directory, 'capture.yml'));
  try {
    const sent = await stormOver(stage, { seed, size, tally });
    killSupervisors({ supervisors });
    const { engine, lead, directory } = stage;
    const found = await quietly({ engine, lead, captures: join(directory, 'captures'), sent });
    const again = `node test/faults/rounds.ts --rounds ${size} --bot ${size} --seed ${seed}`;
    tally.violations.push(...found.map((each) => `seed ${seed}, with the bot: ${each} (again: ${again})`));
    const { captures, entries } = await engine.day(0, Number.MAX_SAFE_INTEGER);
    tally.cutOff += entries.filter(({ outcome }) => outcome === 'unknown').length;
    for (let at = 0; at < size; at += 1)
      tally.ended(captures.find(({ description }) => description === named(at))?.state ?? 'none');
  } finally {
    for (const end of afterwards) await end();
    killSupervisors({ supervisors });
  }
}

interface Storm {
  readonly seed: number;
  readonly size: number;
  readonly tally: Tally;
}

/** Resolves with the packets that were sent while a capture surely ran. */
async function stormOver(stage: Stage, { seed, size, tally }: Storm): Promise<Map<string, number>> {
  const { workspace, grant, soc } = stage;
  const random = randomFrom(seed);
  const sent = new Map<string, number>();
  const installation = { known: (what: string) => knownIn(join(stage.directory, 'state', 'registry.sqlite'), what) };
  const at = Array.from({ length: size }, (_, number) => number);
  const types = (line: string) => workspace.as(grant).types(line, soc);
  const killed = async (bot: BotProcess, phase: Phase) => {
    // Not a wait for something: the instants are the test.
    if (random() < atAnyInstant) await pause(random() * longest);
    else {
      await seen(installation, named(0), ({ state }) => phase !== 'stop' || state !== 'running');
      await pause(random() * afterTrace[phase]);
    }
    await bot.kill('SIGKILL');
    tally.kill('bot', phase, true);
  };
  tally.rounds += size;

  let bot = await stage.startBot();
  const starts = at.map((each) =>
    types(`/capture start -d "${named(each)}" -e "dst host ${target} and udp port ${firstPort + each}"`),
  );
  await killed(bot, 'start');
  bot = await stage.startBot();
  await Promise.all(starts);
  const begun = await Promise.all(
    at.map((each) => seen(installation, named(each), ({ state }) => state !== 'starting')),
  );
  const running = begun.flatMap((known, each) => (known?.state === 'running' ? [{ id: known.id, each }] : []));

  const socket = createSocket('udp4');
  const death = killed(bot, 'running');
  for (const { id, each } of running) {
    const packets = 1 + Math.floor(random() * 40);
    await sendTo(socket, firstPort + each, packets);
    if (installation.known(named(each))?.state !== 'running') continue;
    sent.set(id, packets);
    tally.packets += packets;
  }
  socket.close();
  await death;
  bot = await stage.startBot();
  const stops = running.map(({ id }) => types(`/capture stop ${id}`));
  await killed(bot, 'stop');
  await Promise.all(stops);
  return sent;
}

function named(at: number): string {
  return `round ${at}`;
}
