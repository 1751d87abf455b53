// Gives an order that is refused while the interface is still looked at, says so, and is killed: vlan-refused.ts NETWORK DIRECTORY
import { readdirSync, writeSync } from 'node:fs';
import { joinNetwork } from '../../sandbox/network/network.ts';
import { openEngine } from '../../src/capture/engine.ts';
import { actor, argumentsOf, configIn, errorsInto } from './sensor.ts';

const [described = '', directory = ''] = process.argv.slice(2);
const network = joinNetwork(JSON.parse(described));
const { limits, ...known } = configIn(directory);
// Refused for want of room, which is known long before the look is over.
const config = {
  ...{ ...known, interfaces: [network.interface] as const, rings: [] },
  limits: { ...limits, freeSpace: Number.MAX_SAFE_INTEGER },
};
const engine = openEngine({ config, log: errorsInto([]), now: Date.now });
const probes = () =>
  readdirSync('/proc').filter((pid) => {
    const words = argumentsOf(Number(pid));
    return words.includes('--immediate-mode') && words.includes(network.interface);
  }).length;
const refused = () =>
  engine
    .start({ description: 'refused', expression: 'port 9996' }, actor('grant', 'lead'))
    .catch((error: Error) => error.message);
// On a busy machine the look may be over first.
let said = await refused();
let looking = probes();
for (let tries = 1; tries < 100 && looking === 0; tries += 1) {
  said = await refused();
  looking = probes();
}
writeSync(1, `refused: ${said}\nprobes: ${looking}\n`);
process.kill(process.pid, 'SIGKILL');
