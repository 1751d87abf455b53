import type { Packet } from './file.ts';
import { arcnet, ethernet, llc, mpls, pflog, ppp, pppoe, typed, wireless } from './frames.ts';
import { arp, ip, ipv4, ipv6 } from './network.ts';
import { macBytes, pools, word16, word32 } from './pools.ts';
import type { Random } from './random.ts';

/** The linktypes that have packets of their own here, by tcpdump's names. Others get some header and an IP packet behind it. */
export const linktypes = {
  NULL: 0,
  EN10MB: 1,
  IEEE802: 6,
  ARCNET: 7,
  PPP: 9,
  FDDI: 10,
  PPP_HDLC: 50,
  PPP_ETHER: 51,
  ATM_RFC1483: 100,
  RAW: 101,
  C_HDLC: 104,
  IEEE802_11: 105,
  ATM_CLIP: 106,
  FRELAY: 107,
  LOOP: 108,
  ENC: 109,
  LINUX_SLL: 113,
  PFLOG: 117,
  PRISM: 119,
  IP_OVER_FC: 122,
  SUNATM: 123,
  IEEE802_11_RADIO: 127,
  APPLE_IP_OVER_IEEE1394: 138,
  MTP2: 140,
  IEEE802_11_RADIO_AVS: 163,
  PPI: 192,
  IPV4: 228,
  IPV6: 229,
  NFLOG: 239,
  LINUX_SLL2: 276,
} as const;

/**
 * Packets of a linktype as no friendly network sends them: cut anywhere, lying about lengths, encapsulated in whatever, empty, or noise;
 * from few hosts and ports (`pools`), so that an expression of `randomExpression` meets some of them. Their times mostly rise.
 */
export function adversarialPackets(random: Random, linktype: number, count = 400): Packet[] {
  let seconds = 1_795_486_205;
  return Array.from({ length: count }, () => {
    const whole = random.chance(0.03) ? random.bytes(random.integer(120)) : frame(random, linktype);
    const bytes = random.chance(0.3) ? whole.subarray(0, random.integer(whole.length + 1)) : whole;
    seconds += random.one([0, 0, 0, 0, 1, 1, 5, -1]);
    return {
      seconds: random.chance(0.995) ? seconds : random.one([0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]),
      fraction: random.chance(0.97)
        ? random.integer(1_000_000)
        : random.one([0, 999_999, 1_000_000, 999_999_999, 0xffff_ffff]),
      bytes,
      length: random.chance(0.95) ? whole.length : random.one([0, 1, 64, 1_514, 65_535, 0xffff_ffff]),
    };
  });
}

/** A whole packet of the linktype. */
function frame(random: Random, linktype: number): Buffer {
  const [first = 0, second = 0] = [random.integer(256), random.integer(256)];
  const mac = (): Buffer => macBytes(random.one(pools.mac));
  switch (linktype) {
    case linktypes.EN10MB:
      return ethernet(random);
    case linktypes.RAW:
      return ip(random);
    case linktypes.IPV4:
      return ipv4(random);
    case linktypes.IPV6:
      return ipv6(random);
    case linktypes.NULL:
    case linktypes.LOOP:
    case linktypes.ENC: {
      const family = random.one([2, 2, 24, 28, 30, 10, 7]);
      const rest = linktype === linktypes.ENC ? random.bytes(8) : Buffer.alloc(0);
      return Buffer.concat([random.chance(0.5) ? word32(family) : word32(family).reverse(), rest, ip(random)]);
    }
    case linktypes.PPP:
    case linktypes.PPP_HDLC:
      return Buffer.concat([Buffer.from(random.chance(0.8) ? [0xff, 0x03] : [0x0f, 0x00]), ppp(random)]);
    case linktypes.PPP_ETHER:
      return pppoe(random);
    case linktypes.C_HDLC:
      return Buffer.concat([Buffer.from([random.one([0x0f, 0x8f]), 0]), typed(random, 3)]);
    case linktypes.LINUX_SLL:
      return Buffer.concat([
        word16(random.integer(6)),
        word16(random.one([1, 772])),
        word16(6),
        mac(),
        word16(first),
        typed(random, 1),
      ]);
    case linktypes.LINUX_SLL2: {
      const inside = typed(random, 1);
      const head = [inside.subarray(0, 2), word16(0), word32(random.integer(4)), word16(random.one([1, 772]))];
      return Buffer.concat([...head, Buffer.from([random.integer(6), 6]), mac(), word16(first), inside.subarray(2)]);
    }
    case linktypes.IEEE802_11:
      return wireless(random);
    case linktypes.IEEE802_11_RADIO: {
      const length = random.one([8, 8, 12, 18, 40, 0xffff]);
      const head = Buffer.from([0, 0, length & 0xff, length >> 8, first, second, 0, 0]);
      return Buffer.concat([head, random.bytes(Math.min(length, 40) - 8), wireless(random)]);
    }
    case linktypes.PRISM:
    case linktypes.IEEE802_11_RADIO_AVS: {
      const [length, cookie] = random.one([
        [144, 0x41],
        [64, 0x80211001],
        [64, 0x80211000],
      ] as const);
      return Buffer.concat([word32(cookie), word32(length), random.bytes(length - 8), wireless(random)]);
    }
    case linktypes.PPI: {
      const length = random.one([8, 16, 32]);
      const inside = random.one([1, 105, 105, 101]);
      const head = Buffer.from([0, 0, length, 0, inside, 0, 0, 0]);
      return Buffer.concat([head, random.bytes(length - 8), inside === 1 ? ethernet(random) : wireless(random)]);
    }
    case linktypes.FDDI:
      return Buffer.concat([Buffer.from([random.one([0x50, 0x57, first])]), mac(), mac(), llc(random)]);
    case linktypes.IEEE802: {
      const routed = random.chance(0.3);
      const source = mac();
      if (routed) source[0] = (source[0] ?? 0) | 0x80;
      const routing = routed
        ? Buffer.concat([Buffer.from([random.one([2, 4, 6, 31]), 0]), random.bytes(4)])
        : Buffer.alloc(0);
      return Buffer.concat([Buffer.from([0x10, 0x40]), mac(), source, routing, llc(random)]);
    }
    case linktypes.ATM_RFC1483:
    case linktypes.ATM_CLIP:
      return llc(random);
    case linktypes.SUNATM: {
      const channel = random.one([0, 5, 16, 17, 100]);
      return Buffer.concat([
        Buffer.from([random.one([1, 2, 5, 6, first]), random.one([0, 1, 7]), 0, channel]),
        llc(random),
      ]);
    }
    case linktypes.IP_OVER_FC:
      return Buffer.concat([random.bytes(2), mac(), random.bytes(2), mac(), llc(random)]);
    case linktypes.APPLE_IP_OVER_IEEE1394:
      return Buffer.concat([random.bytes(16), typed(random, 3)]);
    case linktypes.FRELAY:
      return Buffer.concat([random.bytes(2), Buffer.from([0x03, random.one([0xcc, 0x8e, 0x81])]), ip(random)]);
    case linktypes.MTP2:
      return Buffer.concat([
        Buffer.from([first, second, random.one([0, 1, 2, 3, 12, 63]), random.integer(256)]),
        random.bytes(12),
      ]);
    case linktypes.ARCNET:
      return arcnet(random);
    case linktypes.PFLOG:
      return pflog(random);
    default:
      return Buffer.concat([random.bytes(random.one([0, 4, 8, 16])), random.one([ip, arp, mpls])(random)]);
  }
}
