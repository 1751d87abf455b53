// Starts a capture at a line of its stdin, on a clock that stands still: same-instant-process.ts DIRECTORY MILLIS ADDRESS
import { createInterface } from 'node:readline';
import { openEngine } from '../../src/capture/engine.ts';
import { actor, configIn, errorsInto } from '../capture/sensor.ts';

const [directory = '', millis, address] = process.argv.slice(2);
const engine = openEngine({ config: configIn(directory), log: errorsInto([]), now: () => Number(millis) });
process.stdout.write('ready\n');
for await (const _ of createInterface({ input: process.stdin })) {
  const order = { description: 'the same words', expression: `dst host ${address} and udp port 9` };
  const { capture } = await engine.start(order, actor('grant', 'lead'));
  process.stdout.write(`${capture.id} ${capture.savefile}\n`);
}
await engine.close();
