// Kills shells, engines, supervisors and bots at random instants, and says what that left:
// node test/faults/rounds.ts --rounds 400 --bot 40 --seed 7
import { parseArgs } from 'node:util';
import { playRounds } from './killing/rounds.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '400' },
    bot: { type: 'string', default: '40' },
    seed: { type: 'string', default: '7' },
  },
});
const wanted = { rounds: Number(values.rounds), withBot: Number(values.bot), seed: Number(values.seed) };
const tally = await playRounds(wanted, (line) => console.error(line));
for (const line of tally.lines()) console.log(line);
process.exitCode = tally.violations.length === 0 ? 0 : 1;
