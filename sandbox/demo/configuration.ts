import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { Network } from '../network/network.ts';
import type { Cast } from '../workspace/cast.ts';

export type ConfigurationParts = {
  file: string;
  network: Network;
  cast: Cast;
  team: string;
  /** Where the ring files are. */
  ring: string;
  loginsOfGrant: string[];
};

/** Writes the demo's capture.yml: grant leads, will is an analyst, maria looks on; guest and stranger are in no list. */
export async function writeConfiguration({ file, network, cast, ...parts }: ConfigurationParts): Promise<void> {
  const configuration = {
    sensor: 'demo',
    state: 'state',
    captures: 'captures',
    interfaces: [network.interface],
    // A laptop's disk may be nearly full.
    limits: { freeSpace: '100MB' },
    rings: [{ name: 'day', path: parts.ring, interface: network.interface }],
    analysts: [
      { name: 'grant', role: 'lead', slack: cast.grant.id, login: parts.loginsOfGrant },
      { name: 'will', role: 'analyst', slack: cast.will.id, login: 'will' },
      { name: 'maria', role: 'viewer', slack: cast.maria.id, login: 'maria' },
    ],
    slack: { team: parts.team, channels: [cast.soc.id], digest: cast.digest.id },
    // At once, then: the report on yesterday is due from midnight on.
    reports: { at: '00:00', timezone: 'UTC' },
  };
  await writeFile(file, `# Written by npm run demo for this run alone.\n${stringify(configuration)}`);
}
