import { type Path, type Station, station } from './packets.ts';
import { between, oneOf, type Random } from './random.ts';
import {
  arpSession,
  beaconSession,
  dnsSession,
  pingSession,
  type Session,
  tlsSession,
  webSession,
} from './sessions.ts';

/** Whom a session concerns: the two that analysts in the demo look for, or anybody else. */
export type Concern = 'shop' | 'tagged shop' | 'beacon' | 'other';

/** The time between two beacons, in microseconds; each comes half of it after the full hour. */
export const beaconPeriod = 3_600_000_000;

const gateway = '00:00:5e:00:53:02';
const shop = station(gateway, '192.0.2.7');
const resolver = station(gateway, '192.0.2.53');
const beaconTarget = station(gateway, '203.0.113.66');
const router = station(gateway, '198.51.100.1');
const shops = stations(gateway, ['192.0.2.80', '192.0.2.81', '192.0.2.82', '192.0.2.83']);
const offices = stations(gateway, ['203.0.113.10', '203.0.113.11', '203.0.113.12']);
const offices6 = stations(gateway, ['2001:db8:1::10', '2001:db8:1::11']);
const desks = stations('00:00:5e:00:53:10', ['198.51.100.10', '198.51.100.11', '198.51.100.12', '198.51.100.13']);
const desks6 = stations('00:00:5e:00:53:10', ['2001:db8::10', '2001:db8::11']);

/** A session that begins at `at` (microseconds), of a kind drawn from an office's day. */
export function sessionOf(random: Random, at: number): { session: Session; concern: Concern } {
  const vlans = tagsOf(random);
  const desk = oneOf(random, desks);
  const drawn = random();
  if (drawn < 0.03) {
    const session = webSession(random, { from: desk, to: shop, vlans }, at, 'shop.example');
    return { session, concern: vlans.length > 0 ? 'tagged shop' : 'shop' };
  }
  return { session: otherSession(random, at, desk, vlans, drawn), concern: 'other' };
}

/** The beacon's datagram at that time; the infected desk is always the same. */
export function beaconAt(at: number): { session: Session; concern: Concern } {
  const path: Path = { from: desks[0], to: beaconTarget };
  return { session: beaconSession(path, at, Math.floor(at / beaconPeriod)), concern: 'beacon' };
}

function otherSession(random: Random, at: number, desk: Station, vlans: number[], drawn: number): Session {
  const overIPv6 = random() < 0.2;
  const from = overIPv6 ? oneOf(random, desks6) : desk;
  if (drawn < 0.35) return webSession(random, { from: desk, to: oneOf(random, shops), vlans }, at, 'www.example');
  if (drawn < 0.6) return tlsSession(random, { from, to: oneOf(random, overIPv6 ? offices6 : offices), vlans }, at);
  if (drawn < 0.9) return dnsSession(random, { from: desk, to: resolver, vlans }, at);
  if (drawn < 0.94) return pingSession(random, { from, to: overIPv6 ? offices6[0] : router, vlans }, at);
  return arpSession(random, { from: desk, to: router, vlans }, at);
}

/** Mostly none, sometimes 802.1Q, rarely QinQ: see what `vlan` does to an expression in a search. */
function tagsOf(random: Random): number[] {
  const drawn = random();
  if (drawn < 0.03) return [100, between(random, 20, 23)];
  return drawn < 0.15 ? [between(random, 20, 23)] : [];
}

/** Stations whose MACs count up from `mac`, except that those behind the gateway share its own. */
function stations(mac: string, [first, ...others]: [string, ...string[]]): [Station, ...Station[]] {
  const macAt = (n: number) => (mac === gateway ? mac : `${mac.slice(0, -2)}${(0x10 + n).toString(16)}`);
  return [station(macAt(0), first), ...others.map((address, n) => station(macAt(n + 1), address))];
}
