import { isIPv6 } from 'node:net';
import { CaptureError } from './errors.ts';
import { everything } from './tcpdump.ts';

/** Long enough for hundreds of addresses; the kernel passes no argument over 128 KiB. */
const longestExpression = 20_000;

/**
 * Words of pcap-filter(7) as libpcap 1.10's scanner.l knows them, in small letters only: `HOST` is a name to it. The names that belong
 * behind `type` or `reason` are no such words: `host beacon` asks DNS.
 */
const languageWords = new Set(
  `dst src link ether ppp slip fddi tr wlan arp rarp ip sctp tcp udp icmp igmp igrp pim vrrp carp radio ip6 icmp6 ah esp atalk aarp
   decnet lat sca moprc mopdl iso esis es-is isis is-is l1 l2 iih lsp snp csnp psnp clnp stp ipx netbeui host net mask port portrange
   proto protochain gateway type subtype direction dir address1 address2 address3 address4 addr1 addr2 addr3 addr4 ra ta less greater
   byte broadcast multicast and or not len length inbound outbound ifindex vlan mpls pppoed pppoes geneve lane llc metac bcc oam oamf4
   oamf4ec oamf4sc sc ilmic vpi vci connectmsg metaconnect on ifname rset ruleset rulenum rnr srnr subrulenum reason action sio opc
   dpc sls hsio hopc hdpc hsls fisu lssu lsu msu hfisu hlssu hmsu
   icmptype icmpcode icmp-echoreply icmp-unreach icmp-sourcequench icmp-redirect icmp-echo icmp-routeradvert icmp-routersolicit
   icmp-timxceed icmp-paramprob icmp-tstamp icmp-tstampreply icmp-ireq icmp-ireqreply icmp-maskreq icmp-maskreply
   icmp6type icmp6code icmp6-destinationunreach icmp6-packettoobig icmp6-timeexceeded icmp6-parameterproblem icmp6-echo
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
  'llc',
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

const number = '(?:0[xX][0-9a-fA-F]+|\\d+)';
const addressLike = [
  // A number, and the parts of an accessor or of arithmetic that stay in one word: `0:4`, `:4` and `-20`.
  new RegExp(`^(?:${number}(?::${number}?)?|[:-]${number})$`),
  /^\d+(?:\.\d+){1,3}$/,
  // Hardware addresses in the ways that libpcap reads them; with mixed separators it takes one for a name.
  /^[0-9a-f]{1,2}([:.-])(?:[0-9a-f]{1,2}\1){4}[0-9a-f]{1,2}$/i,
  /^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i,
  /^[0-9a-f]{12}$/i,
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
  if (name !== undefined) throw new CaptureError('bad_expression', whyRefused(name));
  return expression;
}

function whyRefused(name: string): string {
  const small = name.toLowerCase();
  if (languageWords.has(small))
    return `"${name}" would be a host's name: the words of the expression language are written in small letters, "${small}"`;
  return `"${name}" is neither a word of the expression language nor an address. Host names are not looked up, since that would tell DNS what you hunt: use the address instead`;
}

/** The first word that libpcap would ask the resolver for. */
function nameToResolve(expression: string): string | undefined {
  // As libpcap's scanner parts words; what stands between them are operators and white space.
  const words = expression.match(/[()]|[^\s()[\]!<>=&|+*%^/,]+/g) ?? [];
  // A value without a qualifier of its own takes the one before it; behind brackets that is the one before the brackets (grammar.y).
  const outside: boolean[] = [];
  let localName = false;
  for (const word of words) {
    if (word === '(') outside.push(localName);
    else if (word === ')') localName = outside.pop() ?? false;
    else if (takesLocalName.has(word)) localName = true;
    else if (languageWords.has(word)) localName &&= joinsValues.has(word);
    else if (!localName && !isOperator(word) && !isAddress(word)) return word;
  }
  return undefined;
}

function isOperator(word: string): boolean {
  return word === '-' || word === ':';
}

/** An address, a number, or what stands between an accessor's brackets, such as `tcpflags:1`. */
function isAddress(word: string): boolean {
  if (isIPv6(word) || addressLike.some((shape) => shape.test(word))) return true;
  const [first = '', second, ...more] = word.split(':');
  if (first.startsWith('-') && second === undefined) return languageWords.has(first.slice(1));
  return more.length === 0 && languageWords.has(first) && new RegExp(`^${number}?$`).test(second ?? '');
}
