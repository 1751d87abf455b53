import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { CaptureError } from './errors.ts';

/**
 * Addresses of one family for a look-up: sorted ranges that do not touch, each as `words` words of its first and `words` words of its
 * last address, most significant first. An IPv6 net needs no more words than its prefix covers, as in libpcap's own programs: a packet
 * that is cut behind them can still match.
 */
export interface AddressTable {
  readonly family: 4 | 6;
  readonly words: 1 | 2 | 3 | 4;
  readonly ranges: Uint32Array;
}

/** The most entries that one list may have. */
export const mostIndicators = 100_000;
const mostToldLines = 5;

/**
 * Reads a list of indicators: an address or a net a line, IPv4 or IPv6, `#` begins a comment, `1.2.3[.]4` is read as it is meant. Nets are
 * taken from the address with the bits behind the prefix cleared.
 * @returns the nets in canonical form, sorted, each once: `192.0.2.7/32`, `2001:db8::/32`
 * @throws CaptureError `bad_request` naming the lines that are neither; their words are not repeated, since the file may not be the analyst's to read
 */
export function readIndicators(text: string): string[] {
  const wrong: number[] = [];
  const nets = text.split(/\r?\n/).flatMap((line, at) => {
    const words = line
      .replace(/#.*/, '')
      .replaceAll(/\[([.:])\]/g, '$1')
      .trim();
    if (words === '') return [];
    const net = netOf(words);
    if (net !== undefined) return [net];
    wrong.push(at + 1);
    return [];
  });
  if (wrong.length > 0) {
    const more = wrong.length > mostToldLines ? ` and ${wrong.length - mostToldLines} more` : '';
    const lines = `${wrong.length === 1 ? 'line' : 'lines'} ${wrong.slice(0, mostToldLines).join(', ')}${more}`;
    throw new CaptureError(
      'bad_request',
      `in the list of hosts, ${lines}: expected an address or a net, such as 192.0.2.7 or 2001:db8::/32`,
    );
  }
  const each = [...new Set(nets)].sort();
  if (each.length === 0) throw new CaptureError('bad_request', 'the list of hosts has no address and no net in it');
  if (each.length > mostIndicators)
    throw new CaptureError(
      'bad_request',
      `the list of hosts has ${each.length} entries, and ${mostIndicators} is the most`,
    );
  return each;
}

/** A net, or an address as the net of itself alone, in canonical form: `192.0.2.7/32`; undefined is neither. */
export function netOf(words: string): string | undefined {
  const [address, prefix, ...rest] = words.split('/');
  if (address === undefined || rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return undefined;
  const whole = bytesOf(address);
  if (whole === undefined) return undefined;
  const bits = whole.length * 8;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  const bytes = whole.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, length - at * 8))));
  return `${bits === 32 ? bytes.join('.') : ipaddr.fromByteArray(bytes).toString()}/${length}`;
}

/** ipaddr.js takes `10` and `010.1.1.1` for addresses, too, and a zone behind one; and it takes its time for IPv4. */
function bytesOf(address: string): number[] | undefined {
  if (isIPv4(address)) return address.split('.').map(Number);
  return ipaddr.IPv6.isValid(address) && !address.includes('%') ? ipaddr.parse(address).toByteArray() : undefined;
}

/**
 * The tables in which canonical nets are looked up: one for IPv4, and one for each number of words that IPv6 nets need. A net of all
 * addresses needs no word of any: it is not for a table.
 */
export function addressTables(nets: readonly string[]): AddressTable[] {
  const groups = new Map<string, { family: 4 | 6; words: 1 | 2 | 3 | 4; ranges: Range[] }>();
  for (const net of nets) {
    const [address, length] = ipaddr.parseCIDR(net);
    const family = address.kind() === 'ipv4' ? 4 : 6;
    const words = wordsOf(family, length);
    const key = `${family} ${words}`;
    const group = groups.get(key) ?? { family, words, ranges: [] };
    group.ranges.push(rangeOf(address.toByteArray(), length, words));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ family, words, ranges }) => ({
    family,
    words,
    ranges: flat(merged(ranges), words),
  }));
}

/** First and last address, both inclusive. */
interface Range {
  readonly first: bigint;
  last: bigint;
}

function wordsOf(family: 4 | 6, length: number): 1 | 2 | 3 | 4 {
  if (family === 4 || length <= 32) return 1;
  if (length <= 64) return 2;
  return length <= 96 ? 3 : 4;
}

function rangeOf(bytes: readonly number[], length: number, words: number): Range {
  const first = BigInt(`0x${Buffer.from(bytes.slice(0, words * 4)).toString('hex')}`);
  return { first, last: first + (1n << BigInt(words * 32 - length)) - 1n };
}

function merged(ranges: readonly Range[]): Range[] {
  const apart: Range[] = [];
  for (const range of ranges.toSorted((one, other) => (one.first < other.first ? -1 : 1))) {
    const before = apart.at(-1);
    if (before === undefined || range.first > before.last + 1n) apart.push({ ...range });
    else if (range.last > before.last) before.last = range.last;
  }
  return apart;
}

function flat(ranges: readonly Range[], words: number): Uint32Array {
  const bounds = ranges.flatMap(({ first, last }) => [first, last]);
  return Uint32Array.from(
    bounds.flatMap((bound) =>
      Array.from({ length: words }, (_, word) => Number((bound >> BigInt(32 * (words - 1 - word))) & 0xffffffffn)),
    ),
  );
}
