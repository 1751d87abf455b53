// Gives one order in a process of its own, so that it can be killed: order-process.ts DIRECTORY start|stop|search|both|pin|unpin|supervise [JSON]
import { join } from 'node:path';
import { openEngine } from '../../src/capture/engine.ts';
import { actor, configIn, errorsInto } from './sensor.ts';

const [directory = '', verb, words = '{}'] = process.argv.slice(2);
const { rings: named, ...order } = JSON.parse(words) as Record<string, string>;
const config = configIn(directory);
// Beside the sensor's own ring, each in a directory of its name.
const others = named?.split(',').slice(1) ?? [];
const rings = [...config.rings, ...others.map((name) => ({ name, path: join(directory, name), interface: 'lo' }))];
const engine = openEngine({ config: { ...config, rings }, log: errorsInto([]), now: Date.now });
const grant = actor('grant', 'lead');
const said = { description: 'by another process', expression: 'udp port 47111', ...order };
process.stdout.write('ready\n');

switch (verb) {
  case 'start':
    await engine.start(said, grant);
    break;
  case 'stop':
    await engine.stop(order.selector ?? null, grant);
    break;
  case 'pin': {
    const window = { since: Number(order.since), until: null };
    await engine.pin({ ...said, window }, grant, new AbortController().signal);
    break;
  }
  case 'unpin':
    await engine.unpin(order.id ?? '', grant);
    break;
  case 'supervise':
    await engine.supervise(true, new AbortController().signal);
    break;
  case 'search': {
    const window = { since: null, until: null };
    const search = { ...said, window, rings: named?.split(',') };
    for await (const { step } of engine.search(search, grant, new AbortController().signal)) {
      process.stdout.write(`${step}\n`);
    }
    break;
  }
  case 'both':
    for await (const { step } of engine.both({ ...said, since: null }, grant, new AbortController().signal)) {
      process.stdout.write(`${step}\n`);
    }
    break;
}
await engine.close();
process.stdout.write('done\n');
