import { relative } from 'node:path';
import { size } from '../../src/reports/figures.ts';
import { type Line, line } from './screen/screen.ts';
import type { Stage } from './stage.ts';

/** What runs where, for a person: within 80 columns but for what must stay whole. */
export function whereabouts(stage: Stage): Line[] {
  const { network, workspace, history, places } = stage;
  const { client, shop } = network.hosts;
  const here = near(places.directory);
  const where: [string, string][] = [
    ['capture.yml', 'the configuration'],
    ['captures/', 'savefiles, each with a sidecar that explains it'],
    ['ring/', `a day of history, ${history.files.length} files, ${size(history.bytes)}; daemonlogger writes it on`],
    ['state/', 'the registry and the audit log, SQLite'],
    ['bot.log', `what the bot says, pid ${stage.bot().pid}`],
    ['capture', 'bin/capture with all this, for any other terminal, as grant:'],
    ['', `${here}/capture list`],
  ];
  const elsewhere: [string, string][] = [
    ['interface', `${network.interface}${placeOf(stage)}`],
    ['traffic', `${client} buys at ${shop} (shop.example); a beacon calls`],
    ['Slack', `${workspace.apiUrl}, a workspace on this machine`],
  ];
  return [
    line(`All of it runs on this machine alone, in ${here}:`, 'strong'),
    ...table(where),
    line('and besides:', 'strong'),
    ...table(elsewhere),
    ...(network.kind === 'loopback' ? [line(network.says)] : []),
  ];
}

function table(rows: readonly [string, string][]): Line[] {
  return rows.map(([what, words]) => line(`  ${what.padEnd(13)}${words}`));
}

/** Who one can be, and what to type first. */
export function invitation({ network }: Stage): Line[] {
  return [
    line('You are grant, a lead, in #soc. Others: as will (an analyst), as maria (who may'),
    line('look), as guest and as stranger (who may not). Try, or type help:'),
    line(`  /capture start -d 'traffic to shop' -e 'host ${network.hosts.shop}'`, 'strong'),
  ];
}

function placeOf({ network }: Stage): string {
  const namespace = network.description.namespaces?.sensor;
  return namespace === undefined ? ' (loopback)' : ` in namespace ${namespace}`;
}

function near(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
