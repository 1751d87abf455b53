import { closeSync, fstatSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { ByteReader, DamagedIndex } from './bytes.ts';
import { decodeBlocks, type Head, headBytes, readHead, type Section } from './format.ts';
import { addBlocksOf, type BlockSet } from './section.ts';
import type { Sought } from './sought.ts';
import type { Block } from './survey.ts';
import type { Kind } from './terms.ts';

/** An open index file. It reads what it is asked for, each section once, and believes none that is not as it was written. */
export class RingIndex {
  readonly head: Head;
  readonly fileBytes: number;
  readonly #descriptor: number;
  readonly #sections = new Map<Kind, Buffer>();
  #blocks: readonly Block[] | undefined;

  /** @throws DamagedIndex when the file is no index of this version, cut, or its head damaged */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
    this.fileBytes = fstatSync(descriptor).size;
    this.head = readHead(this.#read(0, headBytes), this.fileBytes);
  }

  /** The blocks of the ring file in its order. @throws DamagedIndex */
  blocks(): readonly Block[] {
    this.#blocks ??= decodeBlocks(this.#section(this.head.blocks), this.head);
    return this.#blocks;
  }

  /**
   * Adds the blocks in which one of the values may occur; false when that is not known, as the kind is not indexed, or is most of them.
   * @throws DamagedIndex
   */
  addBlocksOf(sought: Sought, found: BlockSet): boolean {
    const place = this.head.kinds[sought.kind];
    if (place === undefined) return false;
    const section = this.#sections.get(sought.kind) ?? this.#section(place);
    this.#sections.set(sought.kind, section);
    return addBlocksOf(sought, new ByteReader(section), this.head.blockCount, found);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #section({ begin, length, checksum }: Section): Buffer {
    const section = this.#read(begin, length);
    if (section.length !== length || crc32(section) !== checksum) throw new DamagedIndex('it is not as it was written');
    return section;
  }

  #read(begin: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(this.#descriptor, bytes, 0, length, begin));
  }
}
