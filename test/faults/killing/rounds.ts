import { playBatch } from './batch.ts';
import { playBotBatch } from './bot-batch.ts';
import { Pace } from './pace.ts';
import { planBatch } from './plan.ts';
import { Tally } from './tally.ts';

/** Rounds that are played side by side; of the bot fewer, since one analyst may have no more running. */
const perBatch = 10;
const perBot = 4;

/** What is to be killed: so many rounds, and so many of them with the real bot in the local workspace. */
export interface Wanted {
  readonly rounds: number;
  readonly withBot: number;
  readonly seed: number;
}

/** Plays rounds, batch after batch; each batch can be played again alone with the seed that its violations name. */
export async function playRounds({ rounds, withBot, seed }: Wanted, say: (line: string) => void): Promise<Tally> {
  const tally = new Tally();
  const pace = new Pace();
  for (let next = seed; tally.rounds < rounds; next += 1) {
    const left = rounds - tally.rounds;
    if (left > withBot) await playBatch(planBatch(next, Math.min(perBatch, left - withBot)), pace, tally);
    else await playBotBatch(next, Math.min(perBot, left), tally);
    say(`seed ${next}: ${tally.rounds} rounds, ${tally.kills} kills, ${tally.violations.length} violations`);
  }
  return tally;
}
