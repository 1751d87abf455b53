import type { BigIntStats } from 'node:fs';
import { headerBytes } from '../../savefile.ts';
import type { Read } from '../report.ts';
import type { RingFile } from '../ring.ts';
import { DamagedIndex } from '../ringindex/bytes.ts';
import { searchConditionOf } from '../ringindex/listed.ts';
import { type ByteRange, rangesFor } from '../ringindex/lookup.ts';
import { openIndex } from '../ringindex/store.ts';
import type { ThreadOrder } from './messages.ts';

/** What the index of a file leaves to be read of it; undefined where it is to be read whole. */
export type Indexed = (
  file: RingFile,
  stats: BigIntStats,
) => { readonly ranges: readonly ByteRange[]; readonly read: Read } | undefined;

/** Looks into the indexes for what an order wants. */
export function openIndexes({ program, hosts, linktype, indexes, window }: ThreadOrder): Indexed {
  const condition = searchConditionOf(program, hosts, linktype);
  return (file, stats) => {
    const index = openIndex(indexes, stats);
    if (index === undefined) return undefined;
    try {
      const toRead = rangesFor(index, condition, window);
      if (toRead.read === 'whole') return undefined;
      const reached = index.blocks().reduce((latest, { to }) => Math.max(latest, to), file.firstAt);
      const { end, ending } = index.head;
      return {
        ranges: toRead.ranges,
        read: { bytes: headerBytes, reached, whole: end, damaged: ending === 'damaged' },
      };
    } catch (error) {
      // Where no block is wanted its table is read for the first time here.
      if (error instanceof DamagedIndex) return undefined;
      throw error;
    } finally {
      index.close();
    }
  };
}
