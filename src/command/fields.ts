import { netOf } from '../capture/indicators.ts';
import { anyOf } from './alert/expression.ts';
import { legible } from './alert/legible.ts';
import { typed } from './refuse.ts';

/** An expression in simple words: addresses and ports as typed, none being any. */
export interface Fields {
  readonly address: string;
  readonly port: string;
  readonly protocol: 'any' | 'tcp' | 'udp' | 'icmp';
  /** Of the addresses; of the ports where there is no address. */
  readonly direction: 'either' | 'from' | 'to';
}

export const noFields: Fields = { address: '', port: '', protocol: 'any', direction: 'either' };

/** The expression that the fields mean, or what is wrong with which of them. */
export type Meant =
  | { readonly expression: string }
  | { readonly wrong: { readonly address?: string; readonly port?: string } };

const directions = { either: '', from: 'src ', to: 'dst ' } as const;
const protocols = { any: [], tcp: ['tcp'], udp: ['udp'], icmp: ['(icmp or icmp6)'] } as const;
const mostWords = 100;

/** Reads fields; addresses may be defanged, several stand for any of them. `everything` as the address is what it is as an expression. */
export function readFields({ address: typedAddress, port, protocol, direction }: Fields): Meant {
  const isEverything = /^\s*everything\s*$/i.test(typedAddress);
  const address = isEverything ? '' : typedAddress;
  const hosts = wordsIn(legible(address)).map((word) => ({ word, net: netOf(word) }));
  const ports = wordsIn(port).map((word) => ({ word, primitive: portOf(word) }));
  const notAddress = hosts.find(({ net }) => net === undefined);
  const notPort = ports.find(({ primitive }) => primitive === undefined);
  const wrong = {
    ...(notAddress && {
      address: `${typed(notAddress.word)} is neither an address nor a net: write 192.0.2.7 or 192.0.2.0/24 (names of hosts are not looked up, since that would tell DNS what you hunt)`,
    }),
    ...(notPort && { port: `${typed(notPort.word)} is not a port: write 53, or 8000-8080` }),
    ...(protocol === 'icmp' && ports.length > 0 && { port: 'ICMP has no ports: leave this empty' }),
    ...(hosts.length > mostWords && { address: `at most ${mostWords} addresses are taken` }),
    ...(ports.length > mostWords && { port: `at most ${mostWords} ports are taken` }),
  };
  if (Object.keys(wrong).length > 0) return { wrong };
  if (hosts.length === 0 && ports.length === 0 && protocol === 'any') {
    if (isEverything) return { expression: 'everything' };
    return { wrong: { address: 'an address or a port is missing; for all packets write everything here' } };
  }
  const towards = directions[direction];
  const addresses = hosts.map(({ net = '' }) => `${towards}${primitiveOf(net)}`);
  const numbers = ports.map(({ primitive = '' }) => `${hosts.length === 0 ? towards : ''}${primitive}`);
  const parts = [[...protocols[protocol]], addresses, numbers].filter((part) => part.length > 0);
  return { expression: parts.map((part) => anyOf(part, parts.length > 1)).join(' and ') };
}

function wordsIn(text: string): string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== '');
}

function primitiveOf(net: string): string {
  const [address = '', length = ''] = net.split('/');
  return length === (address.includes(':') ? '128' : '32') ? `host ${address}` : `net ${net}`;
}

function portOf(word: string): string | undefined {
  const [, first, last] = /^(\d{1,5})(?:[-–](\d{1,5}))?$/.exec(word) ?? [];
  if (first === undefined || Number(first) > 65_535 || Number(last ?? first) > 65_535) return undefined;
  if (last === undefined) return `port ${Number(first)}`;
  return Number(first) <= Number(last) ? `portrange ${Number(first)}-${Number(last)}` : undefined;
}
