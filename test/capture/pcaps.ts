import { createHash } from 'node:crypto';
import { execa } from 'execa';

export interface Packet {
  /** Microseconds. */
  readonly at: number;
  /** What comes on top in a file with nanoseconds. */
  readonly nanos?: number;
  readonly frame: Buffer;
  /** On the wire; the frame's own where it is left out. */
  readonly length?: number;
}

export interface Shape {
  readonly endian?: 'little' | 'big';
  readonly nano?: boolean;
  readonly linktype?: number;
  readonly snaplen?: number;
}

/** A classic pcap file of any shape, written with nothing of the product's. */
export function pcap(
  packets: readonly Packet[],
  { endian = 'little', nano = false, linktype = 1, snaplen = 65_535 }: Shape = {},
): Buffer {
  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [at, value] of values.entries())
      endian === 'little' ? bytes.writeUInt32LE(value, at * 4) : bytes.writeUInt32BE(value, at * 4);
    return bytes;
  };
  const version = endian === 'little' ? 0x0004_0002 : 0x0002_0004;
  return Buffer.concat([
    words(nano ? 0xa1b23c4d : 0xa1b2c3d4, version, 0, 0, snaplen, linktype),
    ...packets.flatMap(({ at, nanos = 0, frame, length }) => [
      words(Math.floor(at / 1e6), nano ? (at % 1e6) * 1_000 + nanos : at % 1e6, frame.length, length ?? frame.length),
      frame,
    ]),
  ]);
}

/** An Ethernet frame with a UDP datagram from 192.0.2.1 to 192.0.2.7 and this payload. */
export function udpFrame(port: number, payload: string): Buffer {
  const frame = Buffer.alloc(42 + payload.length);
  frame.writeUInt16BE(0x0800, 12);
  frame.writeUInt8(0x45, 14);
  frame.writeUInt16BE(28 + payload.length, 16);
  frame.writeUInt8(64, 22);
  frame.writeUInt8(17, 23);
  frame.set([192, 0, 2, 1, 192, 0, 2, 7], 26);
  frame.writeUInt16BE(40_000, 34);
  frame.writeUInt16BE(port, 36);
  frame.writeUInt16BE(8 + payload.length, 38);
  frame.write(payload, 42, 'latin1');
  return frame;
}

/** So many datagrams to a port, one each `every` microseconds. */
export function udpPackets(count: number, { from = 1_795_486_205_000_000, every = 1_000, port = 4711 } = {}): Packet[] {
  return Array.from({ length: count }, (_, at) => ({ at: from + at * every, frame: udpFrame(port, `payload ${at}`) }));
}

export interface Capinfos {
  readonly packets: number;
  readonly fileBytes: number;
  readonly dataBytes: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** What capinfos says of a file, its times as it prints them for UTC. */
export async function capinfos(path: string): Promise<Capinfos> {
  const { stdout } = await execa('capinfos', ['-M', '-T', '-r', '-m', '-c', '-s', '-d', '-a', '-e', path], {
    env: { TZ: 'UTC' },
    reject: false,
  });
  const [, packets, fileBytes, dataBytes, firstAt = '', lastAt = ''] = stdout.trim().split(',');
  return { packets: Number(packets), fileBytes: Number(fileBytes), dataBytes: Number(dataBytes), firstAt, lastAt };
}

/** A time as capinfos prints it: `2026-11-24 02:10:05.123456`. */
export function asCapinfos(micros: number | null): string {
  if (micros === null) return 'n/a';
  const seconds = new Date(Math.floor(micros / 1e6) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${String(micros % 1e6).padStart(6, '0')}`;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
