import { createHash } from 'node:crypto';
import type { Facts, Micros } from '../capture.ts';
import { openSavefile } from '../digest.ts';
import { CaptureError } from '../errors.ts';
import { chunksOf } from '../savefile.ts';

/** What a pcapng holds: facts, digest, and how many packets are of each linktype. */
export interface ExaminedPcapng {
  readonly facts: Facts;
  readonly sha256: string;
  readonly packets: ReadonlyMap<number, number>;
}

/** Block types of draft-ietf-opsawg-pcapng; others have no packet that mergecap writes. */
const section = 0x0a0d0d0a;
const interfaceDescription = 1;
const enhancedPacket = 6;
const simplePacket = 3;
/** The option of an interface that says what its times count: powers of ten, where the first bit is not set. */
const resolutionOption = 9;
/** Longer than any packet with its block around it. */
const longestBlock = 2 ** 20;

interface Interface {
  readonly linktype: number;
  readonly snaplen: number;
  /** Times are in units of ten to the power of minus this. */
  readonly digits: number;
}

/**
 * Reads a pcapng that mergecap wrote on this machine once, for its facts and its digest: every byte must belong to a block.
 * @throws CaptureError `tool_failed` where it is no such file, or not whole; the signal's reason; the file system's errors
 */
export async function examinePcapng(path: string, signal: AbortSignal): Promise<ExaminedPcapng> {
  const file = await openSavefile(path);
  try {
    const hash = createHash('sha256');
    const blocks = new Blocks();
    let position = 0;
    for await (const chunk of chunksOf(file, signal)) {
      position += chunk.length;
      hash.update(chunk);
      blocks.take(chunk);
    }
    return { ...blocks.end(position), sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

class Blocks {
  #left: Buffer = Buffer.alloc(0);
  readonly #interfaces: Interface[] = [];
  readonly #packets = new Map<number, number>();
  #dataBytes = 0;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;

  take(chunk: Buffer): void {
    const bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    let at = 0;
    while (at + 12 <= bytes.length) {
      const length = bytes.readUInt32LE(at + 4);
      if (length < 12 || length % 4 !== 0 || length > longestBlock) throw notPcapng();
      if (at + length > bytes.length) break;
      if (bytes.readUInt32LE(at + length - 4) !== length) throw notPcapng();
      this.#block(bytes.readUInt32LE(at), bytes.subarray(at + 8, at + length - 4));
      at += length;
    }
    // A copy: the chunk is read into again.
    this.#left = Buffer.from(bytes.subarray(at));
  }

  end(fileBytes: number): Pick<ExaminedPcapng, 'facts' | 'packets'> {
    if (this.#left.length > 0) throw notPcapng();
    const packets = [...this.#packets.values()].reduce((sum, count) => sum + count, 0);
    const time = (at: Micros) => (Number.isFinite(at) ? at : null);
    return {
      packets: this.#packets,
      facts: {
        packets,
        fileBytes,
        dataBytes: this.#dataBytes,
        firstAt: time(this.#firstAt),
        lastAt: time(this.#lastAt),
        linktype: null,
        snaplen: this.#interfaces.reduce((most, { snaplen }) => Math.max(most, snaplen), 0),
        precision: this.#interfaces.some(({ digits }) => digits > 6) ? 'nanoseconds' : 'microseconds',
        cutAt: null,
      },
    };
  }

  #block(type: number, body: Buffer): void {
    switch (type) {
      case section:
        if (body.readUInt32LE(0) !== 0x1a2b3c4d) throw notPcapng();
        return;
      case interfaceDescription:
        this.#interfaces.push(interfaceIn(body));
        return;
      case enhancedPacket:
        this.#packet(body);
        return;
      case simplePacket:
        throw notPcapng();
      default:
        return;
    }
  }

  #packet(body: Buffer): void {
    const on = this.#interfaces[body.readUInt32LE(0)];
    if (on === undefined) throw notPcapng();
    const units = (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8));
    const at = on.digits >= 6 ? Number(units / 10n ** BigInt(on.digits - 6)) : Number(units) * 10 ** (6 - on.digits);
    this.#packets.set(on.linktype, (this.#packets.get(on.linktype) ?? 0) + 1);
    this.#dataBytes += body.readUInt32LE(16);
    this.#firstAt = Math.min(this.#firstAt, at);
    this.#lastAt = Math.max(this.#lastAt, at);
  }
}

function interfaceIn(body: Buffer): Interface {
  const found = { linktype: body.readUInt16LE(0), snaplen: body.readUInt32LE(4) };
  for (let at = 8; at + 4 <= body.length; ) {
    const [code, length] = [body.readUInt16LE(at), body.readUInt16LE(at + 2)];
    if (code === resolutionOption && length === 1) {
      const resolution = body.readUInt8(at + 4);
      if (resolution > 9) throw notPcapng();
      return { ...found, digits: resolution };
    }
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { ...found, digits: 6 };
}

function notPcapng(): CaptureError {
  return new CaptureError('tool_failed', 'what mergecap wrote is not a whole pcapng of its own kind');
}
