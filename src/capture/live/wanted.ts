import { existsSync } from 'node:fs';
import { CaptureError } from '../errors.ts';
import type { Room } from '../room.ts';
import { longestPacket } from '../savefile.ts';
import { everything } from '../tcpdump.ts';
import { seesTags } from '../vlan.ts';

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
 * Whether the interface carries VLAN tags: it did before, or does while we look. Tags once seen are believed for ever: an expansion too
 * many costs nothing, one too few loses packets.
 */
export async function carriesTags(room: Room, interfaceName: string): Promise<boolean> {
  if (room.supervision.taggedAt(interfaceName) !== null) return true;
  const seen = await seesTags(interfaceName, tagsPatience);
  if (seen) room.supervision.noteTagged(interfaceName, room.now());
  return seen;
}

/** What a capture about to start is, and what is known of its interface. */
export interface Wanted {
  readonly expression: string;
  readonly interfaceName: string;
  readonly tags: boolean;
  readonly expanded: string | null;
}

/** What the analyst should know before they rely on it: warnings, not refusals. */
export function warningsFor(room: Room, { expression, interfaceName, tags, expanded }: Wanted): string[] {
  const same = room.registry
    .open()
    .find((other) => other.kind === 'live' && other.expression === expression && other.interface === interfaceName);
  return [
    ...(expression === everything ? ['this captures everything that the interface sees'] : []),
    ...(expanded === null
      ? []
      : [`${interfaceName} carries VLAN tags: the expression was expanded to ${expanded}; --exact takes it as typed`]),
    ...(tags && expanded === null
      ? [`${interfaceName} carries VLAN tags, and this expression misses some tagged packets`]
      : []),
    ...partialAddresses(expression).map(
      ({ typed, net }) => `host ${typed} means the whole net ${net}: write all four numbers for one host`,
    ),
    ...(same === undefined
      ? []
      : [
          `${same.id} of ${same.analyst} captures the same expression on ${interfaceName} already: you may want to follow it instead`,
        ]),
  ];
}

/** Addresses of fewer than four numbers behind `host`, or behind nothing: libpcap silently takes them for nets. */
function partialAddresses(expression: string): { typed: string; net: string }[] {
  const found = expression.matchAll(
    /(?<!\b(?:net|mask|port|portrange|greater|less)\s+)(?<![\w.:/])(\d{1,3}(?:\.\d{1,3}){1,2})(?![\w.:/])/gi,
  );
  return [...found].map(([, typed = '']) => {
    const numbers = typed.split('.');
    return { typed, net: `${[...numbers, '0', '0', '0'].slice(0, 4).join('.')}/${numbers.length * 8}` };
  });
}
