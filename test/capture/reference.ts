import { readFileSync } from 'node:fs';
import { execa } from 'execa';

/** The records that `tcpdump -r` selects from files, one after the other, each without its file header. */
export async function selectedBy(expression: string, paths: readonly string[], ...flags: string[]): Promise<Buffer> {
  const words = expression === 'everything' ? [] : ['--', expression];
  const outputs: Buffer[] = [];
  for (const path of paths) {
    const { stdout } = await execa('tcpdump', ['-nn', ...flags, '-r', path, '-w', '-', ...words], {
      encoding: 'buffer',
      reject: false,
      maxBuffer: 2 ** 29,
      // A packet's last bytes may be a newline.
      stripFinalNewline: false,
    });
    outputs.push(Buffer.from(stdout).subarray(24));
  }
  return Buffer.concat(outputs);
}

/** A savefile's records, without its header. */
export function recordsOf(path: string): Buffer {
  return readFileSync(path).subarray(24);
}

/** The records of little-endian microsecond files whose time is in [since, until). */
export function within(records: Buffer, since: number, until: number): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at < records.length; ) {
    const end = at + 16 + records.readUInt32LE(at + 8);
    const time = records.readUInt32LE(at) * 1e6 + records.readUInt32LE(at + 4);
    if (time >= since && time < until) kept.push(records.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

export function timesOf(records: Buffer): number[] {
  const times: number[] = [];
  for (let at = 0; at < records.length; at += 16 + records.readUInt32LE(at + 8)) {
    times.push(records.readUInt32LE(at) * 1e6 + records.readUInt32LE(at + 4));
  }
  return times;
}
