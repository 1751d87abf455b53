import { headerBytes, recordHeaderBytes } from '../../savefile.ts';
import { type ByteReader, type ByteWriter, DamagedIndex } from './bytes.ts';
import { type Block, mostBlocks } from './survey.ts';

/** Writes of each block its bytes, its first time against that of the block before, and how long it lasts. */
export function writeBlocks(blocks: readonly Block[], writer: ByteWriter): void {
  let before = 0;
  for (const { begin, end, from, to } of blocks) {
    writer.varint(end - begin);
    // Earlier ones are odd.
    writer.varint(from >= before ? (from - before) * 2 : (before - from) * 2 - 1);
    writer.varint(to - from);
    before = from;
  }
}

/** @throws DamagedIndex when it is not such a table of so many blocks */
export function readBlocks(reader: ByteReader, count: number): Block[] {
  if (count > mostBlocks) throw new DamagedIndex('it has too many blocks');
  let [begin, before] = [headerBytes, 0];
  const blocks = Array.from({ length: count }, (): Block => {
    const end = begin + reader.varint();
    if (end < begin + recordHeaderBytes) throw new DamagedIndex('a block is empty');
    const step = reader.varint();
    const from = before + (step % 2 === 0 ? step / 2 : -(step + 1) / 2);
    const block = { begin, end, from, to: from + reader.varint() };
    [begin, before] = [end, from];
    return block;
  });
  if (reader.at !== reader.bytes.length) throw new DamagedIndex('something follows its blocks');
  return blocks;
}
