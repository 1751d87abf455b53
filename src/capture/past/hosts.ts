import { createHash } from 'node:crypto';
import type { Instruction, Program } from '../bpf.ts';
import { compileProgram, matchesNothing } from '../compiler.ts';
import { CaptureError } from '../errors.ts';
import { type AddressTable, addressTables } from '../indicators.ts';
import type { WholeHostList } from '../record.ts';
import { expandForVlan } from '../vlan.ts';
import type { HostProgram } from './filter/hosts.ts';

/** A list of hosts as the files of one linktype are searched for it. */
export interface WantedHosts {
  readonly list: WholeHostList;
  readonly linktype: number;
  /** For little-endian files, and others that have nothing in the byte order of who wrote them. */
  readonly programs: readonly HostProgram[];
}

/**
 * A list of hosts for little-endian files of a linktype.
 * @param nets in canonical form
 * @throws CaptureError as `compileHosts`
 */
export async function wantHosts(nets: readonly string[], linktype: number, behindTags: boolean): Promise<WantedHosts> {
  const sha256 = createHash('sha256');
  for (const net of nets) sha256.update(`${net}\n`);
  return {
    list: { nets, entries: nets.length, sha256: sha256.digest('hex'), behindTags },
    linktype,
    programs: await compileHosts(nets, { linktype, littleEndian: true, behindTags }),
  };
}

/** The programs for a file of that byte order. */
export async function programsFor(
  { list, linktype, programs }: WantedHosts,
  { littleEndian }: { readonly littleEndian: boolean },
): Promise<readonly HostProgram[]> {
  return littleEndian ? programs : compileHosts(list.nets, { linktype, littleEndian, behindTags: list.behindTags });
}

/** What hosts of a list are looked for in. */
export interface HostsIn {
  readonly linktype: number;
  readonly littleEndian: boolean;
  /** Behind one VLAN tag and behind two, too. */
  readonly behindTags: boolean;
}

/**
 * The programs that look for hosts and nets of a list, of which a packet must pass one: libpcap compiles `host` or `net` for a single
 * address, as short a one as the list needs, and the list's tables take that address's place. So link layers are known to libpcap alone, and
 * its optimiser, which takes a minute for 1,000 hosts, never sees more than one.
 * @param nets in canonical form
 * @throws CaptureError `bad_expression` in libpcap's words, where files of this linktype have no such addresses
 */
export async function compileHosts(nets: readonly string[], where: HostsIn): Promise<HostProgram[]> {
  // libpcap asks no address of a packet for these: there is nothing to look up.
  const all = nets.filter((net) => net.endsWith('/0'));
  const tables = addressTables(nets.filter((net) => !net.endsWith('/0')));
  const compiled = await Promise.all(
    [
      ...all.map(async (net): Promise<HostProgram> => ({ program: await compile(`net ${net}`, where), standIn: null })),
      ...tables.map((table) => compileFor(table, where)),
    ].map((program) => program.catch(passIfNothing)),
  );
  const programs = compiled.filter((program) => program !== undefined);
  if (programs.length > 0) return programs;
  throw new CaptureError(
    'bad_expression',
    `no packet of linktype ${where.linktype} can have a host of the list: libpcap knows no such addresses there`,
  );
}

/** @throws what says something else than that no packet can match */
function passIfNothing(error: unknown): undefined {
  if (!matchesNothing(error)) throw error;
}

/** An address, as libpcap takes it for so many words, and its words: two of each, since what stands for the address is what differs. */
interface StandIn {
  readonly expression: string;
  readonly words: readonly number[];
}

const addresses = {
  4: [[0xcb00714d], [0xc63364b2]],
  6: [
    [0x3fff0a61, 0xd72b48fc, 0xe5197c36, 0xa28d5b43],
    [0x20010db8, 0x5c3d91a7, 0x6be2f04d, 0x83c91e75],
  ],
} as const;

function standInsFor({ family, words }: AddressTable): [StandIn, StandIn] {
  const standIn = (address: readonly number[]): StandIn => {
    const some = address.slice(0, words);
    return { expression: `net ${inWords(family, some)}/${words * 32}`, words: some };
  };
  const [one, other] = addresses[family];
  return [standIn(one), standIn(other)];
}

function inWords(family: 4 | 6, words: readonly number[]): string {
  if (family === 4) return words.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff)).join('.');
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]).map((group) => group.toString(16));
  return groups.length === 8 ? groups.join(':') : `${groups.join(':')}::`;
}

async function compileFor(table: AddressTable, where: HostsIn): Promise<HostProgram> {
  const standIns = standInsFor(table);
  const [one, other] = await Promise.all([
    compile(standIns[0].expression, where),
    compile(standIns[1].expression, where),
  ]);
  if (!differInWords(one, other, standIns)) {
    throw new Error(`libpcap makes of ${standIns[0].expression} another program than of ${standIns[1].expression}`);
  }
  return { program: one, standIn: { words: standIns[0].words, table } };
}

function compile(expression: string, { linktype, littleEndian, behindTags }: HostsIn): Promise<Program> {
  return compileProgram(behindTags ? expandForVlan(expression) : expression, linktype, undefined, littleEndian);
}

/** Whether two programs are the same but for what they compare with, and that is a word of the one address and the same of the other. */
function differInWords(one: Program, other: Program, [first, second]: readonly [StandIn, StandIn]): boolean {
  const said = ({ code, jt, jf }: Instruction) => `${code} ${jt} ${jf}`;
  return (
    one.length === other.length &&
    one.every((instruction, at) => {
      const counterpart = other[at];
      if (counterpart === undefined || said(instruction) !== said(counterpart)) return false;
      const word = first.words.indexOf(instruction.k);
      return word < 0 ? instruction.k === counterpart.k : counterpart.k === second.words[word];
    })
  );
}
