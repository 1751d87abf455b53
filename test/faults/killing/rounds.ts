import { playBatch } from './batch.ts';
import { Pace } from './pace.ts';
import { planBatch } from './plan.ts';
import { Tally } from './tally.ts';

/** Rounds that are played side by side. */
const perBatch = 10;

/** Plays so many rounds, batch after batch; each batch can be played again alone with the seed that its violations name. */
export async function playRounds(rounds: number, seed: number, say: (line: string) => void): Promise<Tally> {
  const tally = new Tally();
  const pace = new Pace();
  for (let at = 0; tally.rounds < rounds; at += 1) {
    const batch = planBatch(seed + at, Math.min(perBatch, rounds - tally.rounds));
    await playBatch(batch, pace, tally);
    say(`seed ${batch.seed}: ${tally.rounds} rounds, ${tally.kills} kills, ${tally.violations.length} violations`);
  }
  return tally;
}
