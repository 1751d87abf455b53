import { arp, ip, ipv4, ipv6 } from './network.ts';
import { ipv4Bytes, macBytes, pools, word16, word32 } from './pools.ts';
import type { Random } from './random.ts';

/** An Ethernet frame: tagged once, twice or more, MPLS, PPPoE, IEEE 802.3 with LLC and SNAP, or nothing that anybody knows. */
export function ethernet(random: Random): Buffer {
  const addresses = Buffer.concat([macBytes(random.one(pools.mac)), macBytes(random.one(pools.mac))]);
  return Buffer.concat([addresses, typed(random, 0)]);
}

/** An Ethernet type and what follows it. */
export function typed(random: Random, depth: number): Buffer {
  const kind = random.integer(20);
  if (kind < 7) return Buffer.concat([word16(0x0800), ipv4(random)]);
  if (kind < 10) return Buffer.concat([word16(0x86dd), ipv6(random)]);
  if (kind < 11) return Buffer.concat([word16(random.one([0x0806, 0x8035])), arp(random)]);
  if (kind < 15 && depth < 4) {
    const tag = (random.integer(8) << 13) | (random.chance(0.5) ? 0x1000 : 0) | random.one(pools.vlan);
    return Buffer.concat([word16(random.one([0x8100, 0x8100, 0x88a8, 0x9100])), word16(tag), typed(random, depth + 1)]);
  }
  if (kind < 16) return Buffer.concat([word16(random.one([0x8847, 0x8848])), mpls(random)]);
  if (kind < 17) return Buffer.concat([word16(random.one([0x8863, 0x8864, 0x8864])), pppoe(random)]);
  if (kind < 18) {
    const inside = llc(random);
    return Buffer.concat([word16(random.chance(0.9) ? inside.length : random.integer(1_600)), inside]);
  }
  return Buffer.concat([
    word16(random.chance(0.7) ? random.one(pools.ethertype) : random.integer(0x1_0000)),
    random.bytes(random.integer(60)),
  ]);
}

/** A stack of MPLS labels with an IP packet below (RFC 3032). */
export function mpls(random: Random): Buffer {
  const count = random.between(1, 3);
  const labels = Array.from({ length: count }, (_, at) => {
    const bottom = at === count - 1 && random.chance(0.9) ? 0x100 : 0;
    return word32(((random.one(pools.label) << 12) | (random.integer(8) << 9) | bottom | random.integer(256)) >>> 0);
  });
  return Buffer.concat([...labels, ip(random)]);
}

/** A PPPoE packet behind its Ethernet type (RFC 2516). */
export function pppoe(random: Random): Buffer {
  const inside = ppp(random);
  const session = random.one([0, 1, 7, 0xffff]);
  return Buffer.concat([
    Buffer.from([0x11, random.one([0, 0x09, 0xa7])]),
    word16(session),
    word16(inside.length),
    inside,
  ]);
}

/** A PPP protocol and what follows it (RFC 1661). */
export function ppp(random: Random): Buffer {
  const kind = random.integer(8);
  if (kind < 4) return Buffer.concat([word16(0x0021), ipv4(random)]);
  if (kind < 6) return Buffer.concat([word16(0x0057), ipv6(random)]);
  if (kind < 7) return Buffer.concat([word16(random.one([0x0281, 0x0283])), mpls(random)]);
  return Buffer.concat([word16(random.one([0xc021, 0x8021, 0x002d])), random.bytes(random.integer(30))]);
}

/** An LLC header, SNAP now and then, and what follows (IEEE 802.2). */
export function llc(random: Random): Buffer {
  const kind = random.integer(8);
  if (kind < 4) {
    const organisation = random.one([0x000000, 0x00000c, 0x080007, 0x0000f8]);
    const head = Buffer.from([0xaa, 0xaa, 0x03, organisation >> 16, (organisation >> 8) & 0xff, organisation & 0xff]);
    return Buffer.concat([head, typed(random, 4)]);
  }
  const point = random.one([0x06, 0x42, 0xe0, 0xf0, 0xfe, 0xff]);
  const control = random.one([0x03, 0x7f, 0xe3, 0x01, 0x05, 0x00]);
  const inside =
    point === 0xfe
      ? Buffer.concat([Buffer.from([random.one([0x81, 0x82, 0x83])]), random.bytes(20)])
      : random.bytes(random.integer(40));
  return Buffer.concat([Buffer.from([point, point, control]), inside]);
}

/** An IEEE 802.11 frame: of any type and direction, with QoS, encrypted or not. */
export function wireless(random: Random): Buffer {
  const type = random.one([0, 1, 2, 2, 2, 2, 3]);
  const subtype = random.one([0, 0, 0, 4, 8, 8, 11, 12, 13]);
  const flags = random.one([0, 1, 2, 3, 3, 0x40, 0x41, 0x08, random.integer(256)]);
  const address = (): Buffer => macBytes(random.one(pools.mac));
  const head = Buffer.concat([Buffer.from([(subtype << 4) | (type << 2), flags]), random.bytes(2), address()]);
  if (type === 1) return Buffer.concat([head, random.chance(0.5) ? address() : Buffer.alloc(0)]);
  const rest = [address(), address(), random.bytes(2)];
  if ((flags & 3) === 3) rest.push(address());
  if (type === 2 && (subtype & 8) !== 0) rest.push(random.bytes(2));
  return Buffer.concat([head, ...rest, type === 2 ? llc(random) : random.bytes(random.integer(40))]);
}

/** An ARCNET frame, with and without the long header. */
export function arcnet(random: Random): Buffer {
  return Buffer.concat([
    Buffer.from([random.integer(256), random.integer(256), random.one([212, 213, 214, 240])]),
    random.bytes(4),
    ip(random),
  ]);
}

/** An entry of pf's log (OpenBSD's struct pfloghdr) and the packet. */
export function pflog(random: Random): Buffer {
  const head = random.bytes(64);
  head[0] = random.one([61, 61, 64, 48, 45]);
  head[1] = random.one([2, 2, 24, 10, 30]);
  head[2] = random.integer(3);
  head[3] = random.integer(18);
  head.write(`${random.one(['em0', 'eth0', 'lo0'])}\0`, 4, 'latin1');
  head.writeUInt32BE(random.integer(4), 36);
  head[60] = random.integer(3);
  return Buffer.concat([head, random.chance(0.8) ? ip(random) : ipv4Bytes(random.one(pools.ipv4))]);
}
