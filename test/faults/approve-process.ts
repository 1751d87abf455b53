// Approves a request in a process of its own, so that it can be killed: approve-process.ts CONFIG-AS-JSON ID
import { openEngine } from '../../src/capture/engine.ts';
import type { Config } from '../../src/config.ts';
import { actor, errorsInto } from '../capture/sensor.ts';

const [config = '', id = ''] = process.argv.slice(2);
const engine = openEngine({ config: JSON.parse(config) as Config, log: errorsInto([]), now: Date.now });
process.stdout.write('ready\n');
for await (const { step } of engine.approve(id, actor('lea', 'lead'), new AbortController().signal)) {
  process.stdout.write(`${step}\n`);
}
await engine.close();
