import { linktypes } from './packets.ts';
import { pools } from './pools.ts';
import type { Random } from './random.ts';

/**
 * An expression over what `adversarialPackets` holds, of up to three levels. libpcap refuses some of them (no such field on
 * that linktype, nothing that could match): the caller passes over those.
 */
export function randomExpression(random: Random, linktype: number = linktypes.EN10MB, depth = 3): string {
  if (depth === 0 || random.chance(0.35))
    return linktype === linktypes.MTP2 ? linkLayer(random, linktype) : primitive(random, linktype);
  const left = randomExpression(random, linktype, depth - 1);
  switch (random.integer(6)) {
    case 0:
      return `not ${grouped(left)}`;
    case 1:
    case 2:
      return `${grouped(left)} or ${grouped(randomExpression(random, linktype, depth - 1))}`;
    case 3:
      // What follows a tag, a label or a tunnel is looked for behind it.
      return isTaggable(linktype) ? `${encapsulation(random)} and ${grouped(left)}` : left;
    default:
      return `${grouped(left)} and ${grouped(randomExpression(random, linktype, depth - 1))}`;
  }
}

function grouped(expression: string): string {
  return /^[a-z0-9.:/ ]+$/.test(expression) && !/ (and|or) |^not /.test(expression) ? expression : `(${expression})`;
}

const directions = ['', '', '', 'src ', 'dst ', 'src or dst ', 'src and dst '] as const;

function primitive(random: Random, linktype: number): string {
  const direction = random.one(directions);
  switch (random.integer(20)) {
    case 0:
    case 1:
      return `${random.one(['', '', 'ip ', 'arp ', 'rarp '])}${direction}host ${random.one(pools.ipv4)}`;
    case 2:
      return `${random.one(['', 'ip6 '])}${direction}host ${random.one(pools.ipv6)}`;
    case 3:
      return `${random.one(['', 'ip ', 'arp '])}${direction}net ${random.one(['10', '10.0.0.0/8', '10.0.0.0/30', '192.0.2', '192.0.2.0/28', '0.0.0.0/0', '224.0.0.0/4', '10.1.2.3/32', '128.0.0.0/1'])}`;
    case 4:
      return `${random.one(['', 'ip6 '])}${direction}net ${random.one(['2001:db8::/32', '2001:db8::/64', '2001:db8::7/128', 'fe80::/10', '::/0', '2001:db8::/63', '2001:db8::/97'])}`;
    case 5:
    case 6:
    case 7:
      return `${random.one(['', '', 'tcp ', 'udp ', 'sctp '])}${direction}port ${random.one(pools.port)}`;
    case 8: {
      const [first, last] = [random.one(pools.port), random.one(pools.port)];
      return `${random.one(['', 'tcp ', 'udp '])}${direction}portrange ${Math.min(first, last)}-${Math.max(first, last)}`;
    }
    case 9:
      return random.one([
        'ip',
        'ip6',
        'arp',
        'rarp',
        'tcp',
        'udp',
        'sctp',
        'icmp',
        'icmp6',
        'igmp',
        'pim',
        'vrrp',
        'ah',
        'esp',
        'igrp',
      ]);
    case 10:
      return `${random.one(['ip', 'ip6', ''])} proto ${random.one(pools.protocol)}`.trim();
    case 11:
      return `ether proto ${random.one(pools.ethertype)}`;
    case 12:
      return isTaggable(linktype) ? encapsulation(random) : linkLayer(random, linktype);
    case 13:
      return `${random.one(['less', 'greater'])} ${random.one([0, 14, 34, 60, 64, 100, 1_514])}`;
    case 14:
    case 15:
      return linkLayer(random, linktype);
    default:
      return relation(random);
  }
}

/** Where libpcap looks behind tags, labels and sessions. */
function isTaggable(linktype: number): boolean {
  return linktype === linktypes.EN10MB;
}

function encapsulation(random: Random): string {
  const number = <Value extends number>(values: readonly Value[]): string =>
    random.chance(0.5) ? '' : ` ${random.one(values)}`;
  switch (random.integer(8)) {
    case 0:
    case 1:
    case 2:
      return `vlan${number(pools.vlan)}`;
    case 3:
      return `vlan${number(pools.vlan)} and vlan${number(pools.vlan)}`;
    case 4:
      return `mpls${number(pools.label)}`;
    case 5:
      return random.chance(0.3) ? 'pppoed' : `pppoes${number([0, 1, 7, 0xffff])}`;
    case 6:
      return `geneve${number([0, 7, 0xffffff])}`;
    default:
      return `mpls${number(pools.label)} and mpls`;
  }
}

/** What of the link layer the linktype knows. */
function linkLayer(random: Random, linktype: number): string {
  const mac = random.one(pools.mac);
  const addressed = [`ether host ${mac}`, `ether src ${mac}`, 'broadcast', 'ether multicast', 'ether broadcast'];
  const wireless = [
    `wlan addr1 ${mac}`,
    `wlan addr4 ${mac}`,
    `wlan host ${mac}`,
    `wlan src ${mac}`,
    `wlan ta ${mac}`,
    'type data',
    'type mgt subtype beacon',
    'type data subtype qos-data',
    'type ctl',
    'dir tods',
    'dir fromds',
    'dir dstods',
    'wlan[0] & 8 != 0',
    'vlan',
    'vlan 7 and ip',
  ];
  const cooked = ['inbound', 'outbound', 'link[1] = 4'];
  switch (linktype) {
    case linktypes.EN10MB:
    case linktypes.FDDI:
    case linktypes.IEEE802:
    case linktypes.IP_OVER_FC:
      return random.one([...addressed, ...llcWords]);
    case linktypes.IEEE802_11:
    case linktypes.IEEE802_11_RADIO:
    case linktypes.IEEE802_11_RADIO_AVS:
    case linktypes.PRISM:
    case linktypes.PPI:
      return random.one([...addressed, ...wireless, ...wireless, ...llcWords, 'radio[2] > 8']);
    case linktypes.LINUX_SLL:
      return random.one([...cooked, ...llcWords]);
    case linktypes.LINUX_SLL2:
      return random.one([...cooked, 'ifindex 1', 'ifindex 3']);
    case linktypes.PFLOG:
      return random.one(['ifname em0', 'reason 2', 'action pass', 'action block', 'rulenum 1', 'inbound', 'outbound']);
    case linktypes.SUNATM:
      return random.one([
        'vpi 1',
        'vci 5',
        'vci > 15',
        'lane',
        'metac',
        'bcc',
        'oamf4',
        'oamf4sc',
        'connectmsg',
        'ilmic',
      ]);
    case linktypes.MTP2:
      return random.one(['fisu', 'lssu', 'msu', 'sio 3', 'opc 12', 'dpc > 12', 'sls 3', 'opc 0 or opc 77']);
    case linktypes.PPP:
    case linktypes.PPP_HDLC:
      return random.one(['inbound', 'ppp[0] = 0xff', 'iso', 'ether proto 0x21', 'ether proto 0x57']);
    default:
      return random.one([...llcWords, 'multicast', 'link[0] & 1 = 0']);
  }
}

const llcWords = [
  'llc',
  'llc i',
  'llc s',
  'llc u',
  'llc ui',
  'llc rr',
  'iso',
  'clnp',
  'esis',
  'isis',
  'l1',
  'iih',
  'csnp',
  'stp',
  'ipx',
  'netbeui',
  'atalk',
  'aarp',
  'decnet',
  'lat',
  'ip multicast',
  'ip6 multicast',
];

const relations = ['=', '!=', '<', '>', '<=', '>='] as const;

function relation(random: Random): string {
  switch (random.integer(8)) {
    case 0:
      return `tcp[tcpflags] & (${random.one(['tcp-syn', 'tcp-ack|tcp-syn', 'tcp-rst|tcp-fin', 'tcp-push'])}) != 0`;
    case 1:
      return `icmp[icmptype] ${random.one(relations)} ${random.one(['icmp-echo', 'icmp-unreach', '3'])}`;
    case 2:
      return `ip[6:2] & ${random.one([0x1fff, 0x2000, 0x3fff])} ${random.one(relations)} 0`;
    default:
      return `${arithmetic(random, 2)} ${random.one(relations)} ${arithmetic(random, random.integer(2))}`;
  }
}

const operators = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'] as const;

function arithmetic(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.5))
    return `(${arithmetic(random, depth - 1)} ${random.one(operators)} ${arithmetic(random, depth - 1)})`;
  switch (random.integer(6)) {
    case 0:
      return 'len';
    case 1:
    case 2:
      return String(random.one([0, 1, 2, 3, 4, 8, 31, 32, 53, 64, 255, 0x0800, 0xffff, 0x8000_0000, 0xffff_ffff]));
    case 3:
      return depth > 0 && random.chance(0.3) ? `-${arithmetic(random, depth - 1)}` : '14';
    default: {
      const layer = random.one([
        'ether',
        'link',
        'ip',
        'ip',
        'ip6',
        'tcp',
        'udp',
        'icmp',
        'icmp6',
        'arp',
        'sctp',
        'igmp',
      ]);
      const offset = random.chance(0.75)
        ? String(random.one([0, 1, 2, 6, 8, 9, 12, 13, 16, 20, 33, 100, 65_535, 0x7fff_ffff]))
        : arithmetic(random, Math.max(0, depth - 1));
      return `${layer}[${offset}${random.one(['', '', ':1', ':2', ':4'])}]`;
    }
  }
}
