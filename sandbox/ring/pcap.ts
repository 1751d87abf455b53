/** The 24-byte header of a classic pcap file: little-endian, microseconds, Ethernet, snaplen 65535, as daemonlogger writes it. */
export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

/** Writes one record (16 bytes and the frame) at `offset`; `at` in microseconds since 1970. Returns the offset after it. */
export function writeRecord(out: Buffer, offset: number, at: number, frame: Uint8Array): number {
  const seconds = Math.floor(at / 1_000_000);
  out.writeUInt32LE(seconds, offset);
  out.writeUInt32LE(at - seconds * 1_000_000, offset + 4);
  out.writeUInt32LE(frame.length, offset + 8);
  out.writeUInt32LE(frame.length, offset + 12);
  out.set(frame, offset + 16);
  return offset + 16 + frame.length;
}

/** A whole pcap file with these frames. */
export function pcapOf(frames: readonly { at: number; frame: Uint8Array }[]): Buffer {
  const out = Buffer.alloc(24 + frames.reduce((sum, { frame }) => sum + 16 + frame.length, 0));
  out.set(pcapHeader());
  let offset = 24;
  for (const { at, frame } of frames) offset = writeRecord(out, offset, at, frame);
  return out;
}
