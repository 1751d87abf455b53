import { isIPv6 } from 'node:net';
import { CaptureError } from './errors.ts';
import { everything } from './tcpdump.ts';

/** Long enough for hundreds of addresses; the kernel passes no argument over 128 KiB. */
const longestExpression = 20_000;

/** Words of pcap-filter(7) as libpcap 1.10's scanner.l knows them, and the names it resolves without asking anybody. */
const languageWords = new Set(
  `dst src link ether ppp slip fddi tr wlan arp rarp ip sctp tcp udp icmp igmp igrp pim vrrp carp radio ip6 icmp6 ah esp atalk aarp
   decnet lat sca moprc mopdl iso esis es-is isis is-is l1 l2 iih lsp snp csnp psnp clnp stp ipx netbeui host net mask port portrange
   proto protochain gateway type subtype direction dir address1 address2 address3 address4 addr1 addr2 addr3 addr4 ra ta less greater
   byte broadcast multicast and or not len length inbound outbound ifindex vlan mpls pppoed pppoes geneve lane llc metac bcc oam oamf4
   oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect on ifname rset ruleset rulenum subrulenum rnr srnr reason action sio opc
   dpc sls hsio hopc hdpc hsls fisu lssu lsu msu hfisu hlssu hlsu hmsu
   mgt management ctl control data assoc-req assocreq assoc-resp assocresp reassoc-req reassocreq reassoc-resp reassocresp probe-req
   probereq probe-resp proberesp beacon atim disassoc disassociation auth authentication deauth deauthentication ps-poll rts cts ack
   cf-end cf-end-ack data-cf-ack data-cf-poll data-cf-ack-poll null cf-ack cf-poll cf-ack-poll qos-data qos-data-cf-ack
   qos-data-cf-poll qos-data-cf-ack-poll qos qos-cf-poll qos-cf-ack-poll nods tods fromds dstods
   icmptype icmpcode icmp-echoreply icmp-unreach icmp-sourcequench icmp-redirect icmp-echo icmp-routeradvert icmp-routersolicit
   icmp-timxceed icmp-paramprob icmp-tstamp icmp-tstampreply icmp-ireq icmp-ireqreply icmp-maskreq icmp-maskreply
   icmp6type icmp6code icmp6-destinationrunreach icmp6-packettoobig icmp6-timeexceeded icmp6-parameterproblem icmp6-echo
   icmp6-echoreply icmp6-multicastlistenerquery icmp6-multicastlistenerreportv1 icmp6-multicastlistenerdone icmp6-routersolicit
   icmp6-routeradvert icmp6-neighborsolicit icmp6-neighboradvert icmp6-redirect icmp6-routerrenum icmp6-nodeinformationquery
   icmp6-nodeinformationresponse icmp6-ineighbordiscoverysolicit icmp6-ineighbordiscoveryadvert icmp6-multicastlistenerreportv2
   icmp6-homeagentdiscoveryrequest icmp6-homeagentdiscoveryreply icmp6-mobileprefixsolicit icmp6-mobileprefixadvert
   icmp6-certpathsolicit icmp6-certpathadvert icmp6-multicastrouteradvert icmp6-multicastroutersolicit icmp6-multicastrouterterm
   tcpflags tcp-fin tcp-syn tcp-rst tcp-push tcp-ack tcp-urg tcp-ece tcp-cwr`.split(/\s+/),
);

/** A name behind these is looked up in the machine's own tables (services, protocols, interfaces), never in DNS. */
const takesLocalName = new Set([
  'port',
  'portrange',
  'proto',
  'protochain',
  'type',
  'subtype',
  'dir',
  'direction',
  'ifname',
  'on',
  'reason',
  'action',
  'rset',
  'ruleset',
]);
/** Between values of one kind: in `port ssh or domain` the second word is a port's name too. */
const joinsValues = new Set(['and', 'or', 'not']);

const numberLike = /^(?:0x[0-9a-f]+|\d+)$/i;
const addressLike = [
  numberLike,
  /^\d+(?:\.\d+){1,3}$/,
  // Hardware addresses in the ways that libpcap reads them.
  /^(?:[0-9a-f]{1,2}[:.-]){5}[0-9a-f]{1,2}$/i,
  /^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i,
  /^[0-9a-f]{12}$/i,
  /^\$[0-9a-f]{1,2}$/i,
];

/**
 * Checks what of an expression is ours to judge before libpcap compiles it: that there is one, that an argument can carry it, and
 * that no name in it would be looked up: that tells DNS what the analyst hunts, and the answer changes what is captured.
 * @returns the expression to compile and keep, without white space around it
 * @throws CaptureError `bad_request` without one, `bad_expression` naming the word that is at fault
 */
export function checkExpression(typed: string): string {
  const expression = typed.trim();
  if (expression === '') {
    throw new CaptureError('bad_request', `an expression is required: -e 'host 192.0.2.7', or the word ${everything}`);
  }
  if (expression.length > longestExpression) {
    throw new CaptureError(
      'bad_expression',
      `the expression has ${expression.length} characters; at most ${longestExpression} are taken`,
    );
  }
  if (expression.includes('\0'))
    throw new CaptureError('bad_expression', 'the expression holds a NUL character: take it out');
  if (expression.toLowerCase() === everything) return everything;
  const name = nameToResolve(expression);
  if (name !== undefined) {
    throw new CaptureError(
      'bad_expression',
      `"${name}" is neither a word of the expression language nor an address. Host names are not looked up, since that would tell DNS what you hunt: use the address instead`,
    );
  }
  return expression;
}

/** The first word that libpcap would ask the resolver for. */
function nameToResolve(expression: string): string | undefined {
  // As libpcap's scanner parts words; what stands between them are operators, brackets and white space.
  const words = expression.split(/[\s()[\]!<>=&|+*%^/,]+/).filter((word) => word !== '' && word !== '-');
  let localName = false;
  for (const word of words) {
    const plain = word.toLowerCase();
    if (takesLocalName.has(plain)) localName = true;
    else if (languageWords.has(plain)) localName &&= joinsValues.has(plain);
    else if (!localName && !isAddress(plain)) return word;
  }
  return undefined;
}

/** An address, a number, or a part such as `0:4` of an accessor like `ip[0:4]`. */
function isAddress(word: string): boolean {
  if (isIPv6(word) || addressLike.some((shape) => shape.test(word))) return true;
  const parts = word.split(':');
  return parts.length === 2 && parts.every((part) => numberLike.test(part) || languageWords.has(part));
}
