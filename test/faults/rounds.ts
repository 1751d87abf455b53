// Kills shells, engines, supervisors and bots at random instants, and says what that left: node test/faults/rounds.ts --rounds 400 --seed 7
import { parseArgs } from 'node:util';
import { playRounds } from './killing/rounds.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '400' }, seed: { type: 'string', default: '7' } },
});
const tally = await playRounds(Number(values.rounds), Number(values.seed), (line) => console.error(line));
for (const line of tally.lines()) console.log(line);
process.exitCode = tally.violations.length === 0 ? 0 : 1;
