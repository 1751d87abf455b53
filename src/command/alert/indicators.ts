import ipaddr from 'ipaddr.js';
import { netOf } from '../../capture/indicators.ts';
import { legible } from './legible.ts';
import { type Reach, reachOf } from './reach.ts';

/** What an alert names that packets can be looked for by: a host, a net in canonical form, or a port. */
export type Indicator =
  | { readonly kind: 'host' | 'net'; readonly value: string; readonly reach: Reach }
  | { readonly kind: 'port'; readonly value: string };

/** An alert is read so far, and so many indicators are taken from it. */
export const longestAlert = 10_000;
export const mostInAlert = 300;

/**
 * The addresses, nets and ports that an alert's text names, in its order, each once; defanged ones and Slack's mark-up are read as they
 * are meant. What only looks like an address (versions, times, MAC addresses, hashes, fingerprints) is none. Never throws.
 */
export function indicatorsIn(text: string): Indicator[] {
  const found = new Map<string, Indicator>();
  // What the end cuts in two may look like another address.
  const whole = text.length <= longestAlert ? text : text.slice(0, longestAlert).replace(/\S{1,100}$/, '');
  for (const match of legible(whole).matchAll(candidates)) {
    for (const indicator of read(match.groups ?? {})) {
      const name = primitive(indicator);
      if (!found.has(name) && found.size < mostInAlert) found.set(name, indicator);
    }
  }
  return [...found.values()];
}

/** An indicator as the expression language has it: `host 192.0.2.7`, `net 10.0.0.0/8`, `port 53`. */
export function primitive({ kind, value }: Indicator): string {
  return `${kind} ${value}`;
}

const word = String.raw`[\p{L}\p{N}_]`;
/** Not the end of a word, of a version (`nginx-1.2.3.4`, `Chrome/120.0.0.0`), or of more numbers. */
const begins = String.raw`(?<!${word}|[.]|\p{L}[-/]|(?:version|release|firmware|build|\bver|\bv)[.:=]?\s{0,3})`;
const ends = String.raw`(?!${word}|[.]${word}|-\p{L})`;
const port = String.raw`(?<portOf>\d{1,5})(?!${word}|[.:]\d)`;
const v4 = String.raw`(?<![\p{L}\d]:)${begins}(?<=(?<url>://(?:[^\s/@]{0,100}@)?)?)(?<v4>\d{1,3}(?:\.\d{1,3}){3})(?:(?<v4net>/\d{1,3})(?!${word}|[./]\d)|:${port})?${ends}`;
const v6 = String.raw`(?<!${word}|[.:])(?<open>\[?)(?<v6>(?=[\da-f]{0,4}:)[\da-f:]{2,45}(?:(?:\.\d{1,3}){3})?)(?:%[\w.-]{1,30})?(?:(?<v6net>/\d{1,3})(?!${word}|/)|\]:${port.replace('portOf', 'port6')})?(?!${word}|:|[.]\d)`;
/** `port 4444`, `dst_port=53`, `ports 80, 443`; a source port is nobody's to look for. */
const named = String.raw`(?<!(?:src|source|client|local|s)[ _.-]?)(?<![\p{L}\p{N}])(?:(?:dst|dest|destination|remote|server|target)[ _.-]?|d)?ports?(?:\s{0,3}[:=#]\s{0,3}|\s{1,3})(?<ports>\d{1,5}(?:(?:\s?[,/]\s?|\s(?:and|or)\s)\d{1,5}){0,20})(?!${word}|[.:-]${word})`;
const transport = String.raw`(?<!${word}|[./])(?:(?:tcp|udp|sctp)[/:](?<before>\d{1,5})(?!${word}|[.:]\d)|(?<behind>\d{1,5})/(?:tcp|udp|sctp)(?!${word}))`;
const candidates = new RegExp([named, transport, v4, v6].join('|'), 'giu');

type Groups = Readonly<Record<string, string | undefined>>;

function read({ v4, v4net, url, portOf, v6, v6net, port6, ports, before, behind }: Groups): Indicator[] {
  // Behind a URL's host a slash begins its path.
  if (v4 !== undefined) return [...hosts(v4, url === undefined ? v4net : undefined), ...portsIn(portOf)];
  if (v6 !== undefined) return [...hosts(withoutColon(v6), v6net), ...portsIn(port6)];
  return portsIn(ports ?? before ?? behind);
}

function hosts(address: string, length: string | undefined): Indicator[] {
  if (isNoAddress(address)) return [];
  const net = netOf(`${address}${length ?? ''}`) ?? netOf(address);
  if (net === undefined) return [];
  const [first, prefix] = ipaddr.parseCIDR(net);
  const alone = first instanceof ipaddr.IPv6 && first.isIPv4MappedAddress() && prefix === 128;
  if (alone) return hosts(first.toIPv4Address().toString(), undefined);
  const reach = reachOf(net);
  // Outside of what is assigned, `12::30` is something else; and a net of everything is no indicator.
  if (prefix === 0 || (first.kind() === 'ipv6' && reach === 'reserved') || /^0\.0\.0\.0\/|^::\//.test(net)) return [];
  const whole = prefix === (first.kind() === 'ipv4' ? 32 : 128);
  return [whole ? { kind: 'host', value: first.toString(), reach } : { kind: 'net', value: net, reach }];
}

/** `dead::beef` is a name in many languages, and eight pairs are a hardware address (EUI-64). */
function isNoAddress(address: string): boolean {
  return !/\d/.test(address) || /^(?:[\da-f]{2}:){7}[\da-f]{2}$/i.test(address);
}

/** A colon behind an address ends what a sentence says of it. */
function withoutColon(address: string): string {
  return address.replace(/(?<!:):$/, '');
}

function portsIn(text: string | undefined): Indicator[] {
  return (text?.match(/\d+/g) ?? []).flatMap((digits): Indicator[] => {
    const port = Number(digits);
    return port > 0 && port <= 65_535 && !/^0/.test(digits) ? [{ kind: 'port', value: digits }] : [];
  });
}
