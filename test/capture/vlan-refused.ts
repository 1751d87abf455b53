// Gives an order that is refused while the interface is still looked at, says so, and is killed: vlan-refused.ts NETWORK DIRECTORY
import { readdirSync, writeSync } from 'node:fs';
import { joinNetwork } from '../../sandbox/network/network.ts';
import { openEngine } from '../../src/capture/engine.ts';
import { actor, argumentsOf, configIn, errorsInto } from './sensor.ts';

const [described = '', directory = ''] = process.argv.slice(2);
const network = joinNetwork(JSON.parse(described));
const config = { ...configIn(directory), interfaces: [network.interface] as const, rings: [] };
const engine = openEngine({ config, log: errorsInto([]), now: Date.now });
await engine
  .start({ description: 'refused', expression: 'port 99999' }, actor('grant', 'lead'))
  .catch((error) => writeSync(1, `refused: ${error.message}\n`));
const probes = readdirSync('/proc').filter((pid) => {
  const words = argumentsOf(Number(pid));
  return words.includes('--immediate-mode') && words.includes(network.interface);
});
writeSync(1, `probes: ${probes.length}\n`);
process.kill(process.pid, 'SIGKILL');
