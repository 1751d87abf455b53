// Does one thing at a line of its stdin, so that several processes do it at once: at-once-process.ts DIRECTORY reconcile|extend [ID TIMES]
import { createInterface } from 'node:readline';
import { openEngine } from '../../src/capture/engine.ts';
import { actor, configIn, errorsInto } from '../capture/sensor.ts';

const [directory = '', verb, id = '', times = '0'] = process.argv.slice(2);
const engine = openEngine({ config: configIn(directory), log: errorsInto([]), now: Date.now });
process.stdout.write('ready\n');
for await (const _ of createInterface({ input: process.stdin })) {
  if (verb === 'reconcile') await engine.reconcile();
  else for (let time = 0; time < Number(times); time += 1) await engine.extend(id, 1_000, actor('grant', 'lead'));
}
await engine.close();
