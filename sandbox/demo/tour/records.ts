import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const atOnce = 8;

/** A record of a pcap as it lies in the file, its header included, and its time in microseconds since 1970. */
export type PcapRecord = { at: number; bytes: Buffer };

/** The records of a classic pcap with microseconds in this machine's byte order, as tcpdump writes it: read here on our own, as a witness. */
export function recordsOf(pcap: Buffer): PcapRecord[] {
  const records: PcapRecord[] = [];
  for (let offset = 24; offset + 16 <= pcap.length; ) {
    const end = offset + 16 + pcap.readUInt32LE(offset + 8);
    const at = pcap.readUInt32LE(offset) * 1e6 + pcap.readUInt32LE(offset + 4);
    records.push({ at, bytes: pcap.subarray(offset, end) });
    offset = end;
  }
  return records;
}

/** What `tcpdump -r` gives over a ring's files, one after the other in time order. */
export async function tcpdumpOverRing(directory: string, expression: string): Promise<PcapRecord[]> {
  const names = (await readdir(directory)).toSorted((one, other) => openedAt(one) - openedAt(other));
  const records: PcapRecord[] = [];
  for (let at = 0; at < names.length; at += atOnce) {
    const files = names.slice(at, at + atOnce).map((name) => tcpdumpOver(join(directory, name), expression));
    records.push(...(await Promise.all(files)).flatMap(recordsOf));
  }
  return records;
}

/** Whether two lists hold the same records, byte for byte in the same order. */
export function areSame(some: readonly PcapRecord[], others: readonly PcapRecord[]): boolean {
  const bytes = (records: readonly PcapRecord[]) => Buffer.concat(records.map((record) => record.bytes));
  return bytes(some).equals(bytes(others));
}

async function tcpdumpOver(file: string, expression: string): Promise<Buffer> {
  const pcap = await readFile(file);
  // An empty file is no pcap and a cut one ends in a complaint; what tcpdump gave until then counts.
  const { stdout } = await execa('tcpdump', ['-nn', '-r', '-', '-w', '-', '--', expression], {
    ...{ input: pcap, encoding: 'buffer', reject: false },
  });
  return Buffer.from(stdout ?? []);
}

function openedAt(name: string): number {
  return Number(name.split('.').at(-1));
}
