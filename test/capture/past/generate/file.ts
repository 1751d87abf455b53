/** A record of a pcap file as it stands there. */
export interface Packet {
  readonly seconds: number;
  /** Micro- or nanoseconds, whatever the file's header says; a damaged clock may write a million and more. */
  readonly fraction: number;
  readonly bytes: Buffer;
  /** Bytes on the wire. */
  readonly length: number;
}

export interface Shape {
  readonly precision?: 'microseconds' | 'nanoseconds';
  readonly littleEndian?: boolean;
  readonly snaplen?: number;
  /** The whole word of the header, with its upper bits. */
  readonly linktype?: number;
  readonly version?: readonly [major: number, minor: number];
}

/** A classic pcap file of any shape, written with nothing of the product's (draft-ietf-opsawg-pcap). */
export function pcapFile(packets: readonly Packet[], shape: Shape = {}): Buffer {
  const { precision = 'microseconds', littleEndian = true, snaplen = 262_144, linktype = 1, version = [2, 4] } = shape;
  const words = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [at, value] of values.entries())
      littleEndian ? bytes.writeUInt32LE(value >>> 0, at * 4) : bytes.writeUInt32BE(value >>> 0, at * 4);
    return bytes;
  };
  const [major, minor] = version;
  const versionWord = littleEndian ? (minor << 16) | major : (major << 16) | minor;
  const magic = precision === 'nanoseconds' ? 0xa1b23c4d : 0xa1b2c3d4;
  return Buffer.concat([
    words(magic, versionWord, 0, 0, snaplen, linktype),
    ...packets.flatMap(({ seconds, fraction, bytes, length }) => [
      words(seconds, fraction, bytes.length, length),
      bytes,
    ]),
  ]);
}
