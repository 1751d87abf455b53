import { parseArgs } from 'node:util';
import { ack } from './ack.ts';
import { blocking } from './blocking.ts';
import { both } from './both.ts';
import { hosts } from './hosts.ts';
import { indexed } from './indexed.ts';
import { list } from './list.ts';
import { logging } from './logging.ts';
import { memory } from './memory.ts';
import type { Held } from './promise.ts';
import { ringindex } from './ringindex.ts';
import { search } from './search.ts';
import { start } from './start.ts';
import { supervisor } from './supervisor.ts';

/**
 * Measures what the product promises, side by side in one run, and prints one table; exits with 1 where a promise does not hold.
 *
 *     npm run bench                      # all of it: some fifteen minutes
 *     npm run bench -- list start        # these alone: list start supervisor blocking search memory hosts ringindex indexed logging both ack
 *     npm run bench -- --seconds 300     # how long the supervisor is watched, 60 otherwise
 *     npm run bench -- --gigabytes 20    # of the ring that is searched, 6 otherwise: it should fit in memory
 *
 * It needs what capturing needs (root, or tcpdump with CAP_NET_RAW; logging needs root), captures on lo and in namespaces of its own,
 * works in directories of its own under the temporary one and leaves nothing behind. Each figure is of this machine at this time: on a busy one no time means much, and the
 * ratios less than they should; run `npm run warm` before, where the sources have changed since npm ci did.
 */
const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, gigabytes: { type: 'string', default: '6' } },
  allowPositionals: true,
});
const benches: Readonly<Record<string, () => Promise<Held>>> = {
  list,
  start,
  supervisor: () => supervisor(Number(values.seconds)),
  blocking,
  search: () => search(Number(values.gigabytes) * 1e9),
  memory,
  hosts,
  ringindex,
  logging,
  both,
  indexed,
  ack,
};

const named = positionals.length === 0 ? Object.keys(benches) : positionals;
let hold = true;
for (const name of named) {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`${name} is no bench: choose of ${Object.keys(benches).join(', ')}`);
  process.stderr.write(`${name} ...\n`);
  const held = await bench();
  hold &&= held.holds;
  process.stdout.write(`${lines(held).join('\n')}\n`);
}
process.exit(hold ? 0 : 1);

function lines({ promise, found, holds }: Held): string[] {
  return [
    `${holds ? 'holds         ' : 'DOES NOT HOLD '} ${promise}`,
    ...found.map((line) => `                 ${line}`),
  ];
}
