import type { FileHandle } from 'node:fs/promises';

const endMark = 0;
const skippable = 0x184d2a50;

/**
 * Why an lz4 file holds less than was packed into it; null when each of its frames has its end. Only the lengths of its blocks are read
 * (LZ4 Frame Format 1.6.4).
 */
export async function lz4Cut(file: FileHandle): Promise<string | null> {
  const { size } = await file.stat();
  const word = Buffer.alloc(4);
  const wordAt = async (offset: number) => {
    const { bytesRead } = await file.read(word, 0, 4, offset);
    return bytesRead === 4 ? word.readUInt32LE(0) : undefined;
  };
  let offset = 0;
  while (offset < size) {
    const magic = await wordAt(offset);
    const descriptor = await wordAt(offset + 4);
    if (magic === undefined || descriptor === undefined) return `cut at offset ${offset}`;
    if ((magic & 0xfffffff0) >>> 0 === skippable) {
      offset += 8 + descriptor;
      continue;
    }
    if (magic !== 0x184d2204) return `what begins at offset ${offset} is no frame`;
    const blockChecksum = descriptor & 0x10 ? 4 : 0;
    const contentChecksum = descriptor & 0x04 ? 4 : 0;
    offset += 7 + (descriptor & 0x08 ? 8 : 0) + (descriptor & 0x01 ? 4 : 0);
    for (let block = await wordAt(offset); block !== endMark; block = await wordAt(offset)) {
      if (block === undefined) return `cut at offset ${offset}`;
      offset += 4 + (block & 0x7fffffff) + blockChecksum;
    }
    offset += 4 + contentChecksum;
  }
  return offset > size ? `cut at offset ${size}` : null;
}
