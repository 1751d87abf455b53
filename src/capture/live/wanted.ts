import { existsSync } from 'node:fs';
import { may } from '../capture.ts';
import { CaptureError } from '../errors.ts';
import { partialAddresses } from '../partial.ts';
import { ringCarriesTags } from '../ringfile.ts';
import type { Room } from '../room.ts';
import { longestPacket } from '../savefile.ts';
import { everything } from '../tcpdump.ts';
import { hasSubinterfaces, seesTags } from '../vlan.ts';

/** Ethernet, IPv4 and TCP headers without options. */
const shortestSnaplen = 64;
/** How long an interface is watched for VLAN tags while the expression is compiled. Milliseconds. */
const tagsPatience = 250;

/** @throws CaptureError `bad_request` for one that is not configured, `tool_failed` for one that is not there */
export function knownInterface(room: Room, named: string | undefined): string {
  const { interfaces } = room.config;
  const name = named ?? interfaces[0];
  if (!interfaces.includes(name)) {
    throw new CaptureError(
      'bad_request',
      `${name} is not an interface of this sensor: choose one of ${interfaces.join(', ')}`,
    );
  }
  if (name !== 'any' && !existsSync(`/sys/class/net/${name}`)) {
    throw new CaptureError(
      'tool_failed',
      `the interface ${name} is in the configuration but does not exist on this sensor: look with "ip link"`,
    );
  }
  return name;
}

/** tcpdump takes 0 for its own default: an analyst who types it may mean no bytes at all. @throws CaptureError `bad_request` */
export function knownSnaplen(room: Room, named: number | undefined): number {
  const snaplen = named ?? room.config.snaplen;
  if (Number.isInteger(snaplen) && snaplen >= shortestSnaplen && snaplen <= longestPacket) return snaplen;
  throw new CaptureError(
    'bad_request',
    `--snaplen ${snaplen}: choose from ${shortestSnaplen} to ${longestPacket} bytes`,
  );
}

/**
 * Whether the interface carries VLAN tags: it did before, has interfaces for them, a ring of it holds some, or one comes while we look.
 * Tags once seen are believed for ever: an expansion too many costs nothing, one too few loses packets.
 */
export async function carriesTags(room: Room, interfaceName: string): Promise<boolean> {
  if (room.supervision.taggedAt(interfaceName) !== null) return true;
  const rings = room.config.rings.filter((ring) => ring.interface === interfaceName);
  const seen = await anyOf([
    hasSubinterfaces(interfaceName),
    ...rings.map(({ path }) => ringCarriesTags(path)),
    seesTags(interfaceName, tagsPatience),
  ]);
  if (seen) await room.patiently(() => room.supervision.noteTagged(interfaceName, room.now()));
  return seen;
}

/** What the analyst should know before they rely on it: warnings, not refusals. */
export function warningsFor(room: Room, expression: string, interfaceName: string): string[] {
  const same = room.registry
    .open()
    .find(
      (other) =>
        other.kind === 'live' &&
        may.stop(other) &&
        other.expression === expression &&
        other.interface === interfaceName,
    );
  return [
    ...(expression === everything ? ['this captures everything that the interface sees'] : []),
    ...partialAddresses(expression),
    ...(same === undefined
      ? []
      : [
          `${same.id} of ${same.analyst} captures the same expression on ${interfaceName} already: you may want to follow it instead`,
        ]),
  ];
}

/** Resolves with true as soon as one is true: who knows it first need not wait for the others. */
async function anyOf(looks: readonly Promise<boolean>[]): Promise<boolean> {
  const found = looks.map(async (look) => ((await look) ? true : Promise.reject()));
  return Promise.any(found).catch(() => false);
}
