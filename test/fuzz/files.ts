// Mutates files of packets and puts them through all that reads them, and says what did not hold:
// node test/fuzz/files.ts --files 100000 --compared 3200 --seed 1
import { parseArgs } from 'node:util';
import { play } from './play.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    compared: { type: 'string', default: '3200' },
    seed: { type: 'string', default: '1' },
  },
});
const began = performance.now();
const tally = await play(
  { files: Number(values.files), compared: Number(values.compared), seed: Number(values.seed) },
  (line) => console.error(line),
);
const words = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([name, number]) => `${name} ${number}`).join(', ');
console.log(
  `${tally.files} files from seed ${values.seed} on, in ${((performance.now() - began) / 1_000).toFixed(0)} s: ${tally.scanned} scanned, ${tally.compared} compared with tcpdump -r`,
);
console.log(`a search says of them: ${words(tally.planned)}`);
console.log(`mutations: ${words(tally.mutations)}`);
console.log(
  `slowest ${tally.slowest.toFixed(0)} ms, the process grew by ${(tally.grown / 1e6).toFixed(0)} MB, ${tally.wrong.length} wrong`,
);
for (const line of tally.wrong.slice(0, 20)) console.log(line);
// A file is at most some hundred kilobytes.
process.exitCode = tally.wrong.length === 0 && tally.slowest < 5_000 && tally.grown < 200e6 ? 0 : 1;
