// Captures live on the tapped interface of a network that this process stands inside of: vlan-inside.ts NETWORK DIRECTORY.
// Prints, as JSON, what each capture was and how many of the frames it holds.
import { joinNetwork } from '../../sandbox/network/network.ts';
import { replay } from '../../sandbox/ring/replay.ts';
import { openEngine } from '../../src/capture/engine.ts';
import type { StartOrder } from '../../src/capture/orders.ts';
import { actor, configIn, errorsInto } from './sensor.ts';
import { fifteen, orderOf } from './tagged.ts';

const [described = '', directory = ''] = process.argv.slice(2);
const network = joinNetwork(JSON.parse(described));
const config = { ...configIn(directory), interfaces: [network.interface] as const, rings: [] };
const engine = openEngine({ config, log: errorsInto([]), now: Date.now });
const grant = actor('grant', 'lead');
const frames = fifteen(network.hosts);
const order = orderOf(network.hosts);

async function captured(differing: Partial<StartOrder>) {
  const { capture, warnings } = await engine.start({ ...order, ...differing }, grant);
  await replay(network, frames);
  const [stopped] = await engine.stop(capture.id, grant);
  return { expanded: capture.expanded !== null, warnings, packets: stopped?.packets };
}

const quiet = await captured({});
let starting = true;
const tags = (async () => {
  while (starting) await replay(network, frames);
})();
// Each start looks for a moment only, and on a busy machine no frame may come in it.
let busy = false;
for (let tries = 0; tries < 10 && !busy; tries += 1) {
  const { capture } = await engine.start({ ...order, description: 'busy' }, grant);
  busy = capture.expanded !== null;
  await engine.stop(capture.id, grant);
}
starting = false;
await tags;

const typed = `vlan and ${order.expression}`;
process.stdout.write(
  JSON.stringify({
    quiet,
    busy,
    expanded: await captured({}),
    exact: await captured({ exact: true }),
    typed: await captured({ expression: typed }),
  }),
);
await engine.close();
