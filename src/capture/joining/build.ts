import { createReadStream, createWriteStream } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Facts } from '../capture.ts';
import { createSavefile, savefileMode } from '../custody.ts';
import { CaptureError } from '../errors.ts';
import { examineSavefile } from '../facts.ts';
import { type Format, mergeInto } from './merge.ts';
import { areStill, checkParts, type Part, withPackets } from './parts.ts';
import { examinePcapng } from './pcapng.ts';

/** A joined savefile under its final name. */
export interface Built {
  readonly facts: Facts;
  readonly sha256: string;
}

/** What the joined savefile of these parts is: a pcapng where their packets are of several linktypes. */
export function formatOf(parts: readonly Part[]): Format {
  const inputs = withPackets(parts);
  if (new Set(inputs.map(({ facts }) => facts.linktype)).size > 1) return 'pcapng';
  return inputs.some(({ facts }) => facts.precision === 'nanoseconds') ? 'nsecpcap' : 'pcap';
}

/**
 * Makes a joined savefile: its parts are read for their digests, merged into the file of the processing name, that is read again and counted
 * against them, and gets its final name. Killed at any instant, it can be done again.
 * @throws CaptureError `tool_failed`, `conflict`, `no_room`; the signal's reason; the file system's errors
 */
export async function build(
  parts: readonly Part[],
  { processing, final }: { readonly processing: string; readonly final: string },
  signal: AbortSignal,
): Promise<Built> {
  const states = await checkParts(parts, signal);
  const format = formatOf(parts);
  const inputs: string[] = [];
  for (const [at, part] of withPackets(parts).entries()) {
    inputs.push(part.facts.cutAt === null ? part.path : await wholeRecords(part, `${processing}.${at}`, signal));
  }
  const file = await createSavefile(processing);
  try {
    await mergeInto(processing, inputs, format, signal);
    await file.sync();
  } finally {
    await file.close();
  }
  await areStill(parts, states);
  const built = await examined(processing, format, signal);
  compare(built, parts);
  await rename(processing, final);
  await syncDirectory(dirname(final));
  return { facts: built.facts, sha256: built.sha256 };
}

/** Removes what makings that were cut short left behind. */
export async function removeLeftovers(directory: string, savefile: string): Promise<void> {
  const [analyst, rest] = [savefile.slice(0, savefile.indexOf('_')), savefile.slice(savefile.indexOf('_'))];
  for (const name of await readdir(directory)) {
    const [, behind] = name.split(rest);
    // Copies of parts have a number behind the name; a pcapng of the same second is another's.
    if (name.startsWith(`${analyst}.processing.`) && behind !== undefined && /^(\.\d+)?$/.test(behind))
      await rm(join(directory, name), { force: true });
  }
}

/** A copy of a savefile without its last record, which is not whole. */
async function wholeRecords({ path, facts }: Part, copy: string, signal: AbortSignal): Promise<string> {
  const to = createWriteStream(copy, { flags: 'wx', mode: savefileMode });
  await pipeline(createReadStream(path, { end: (facts.cutAt ?? facts.fileBytes) - 1 }), to, { signal });
  return copy;
}

interface Counted extends Built {
  /** By linktype. */
  readonly packets: ReadonlyMap<number, number>;
}

async function examined(path: string, format: Format, signal: AbortSignal): Promise<Counted> {
  if (format === 'pcapng') return examinePcapng(path, signal);
  const { facts, sha256 } = await examineSavefile(path);
  if (facts?.linktype == null || facts.cutAt !== null)
    throw new CaptureError('tool_failed', 'what mergecap wrote is not a whole pcap');
  return { facts, sha256, packets: new Map([[facts.linktype, facts.packets]]) };
}

/** Every packet of the parts is in it, once: so many of each linktype, so many bytes, from the first time to the last. */
function compare({ facts, packets }: Counted, parts: readonly Part[]): void {
  const sum = (of: readonly Part[], what: 'packets' | 'dataBytes') =>
    of.reduce((all, part) => all + part.facts[what], 0);
  const told = { made: sum(parts, 'packets'), found: facts.packets };
  const linktypes = Map.groupBy(withPackets(parts), ({ facts: { linktype } }) => linktype ?? -1);
  const sameLinktypes = [...linktypes].every(([linktype, of]) => (packets.get(linktype) ?? 0) === sum(of, 'packets'));
  const times = parts.flatMap(({ facts: { firstAt, lastAt } }) =>
    firstAt === null || lastAt === null ? [] : [firstAt, lastAt],
  );
  const sameTimes = times.length === 0 || (facts.firstAt === least(times) && facts.lastAt === most(times));
  if (told.made === told.found && sameLinktypes && facts.dataBytes === sum(parts, 'dataBytes') && sameTimes) return;
  throw new CaptureError(
    'tool_failed',
    `mergecap wrote other packets than its parts have: ${told.found} of ${told.made}`,
  );
}

function least(times: readonly number[]): number {
  return times.reduce((one, other) => Math.min(one, other));
}

function most(times: readonly number[]): number {
  return times.reduce((one, other) => Math.max(one, other));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
