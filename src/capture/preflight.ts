import { sizeInWords } from './quantities.ts';

/** What a search would read, before it reads any of it. Bytes are of ring files as they lie on the disk: of packed ones, packed. */
export interface Preflight {
  /** Names of the rings. */
  readonly rings: readonly string[];
  /** Ring files that may hold packets of the window. */
  readonly files: number;
  /** Of them, what lies in the window: as far as their indexes tell, else whole files. */
  readonly bytes: number;
  /** Of that, what is read: where an index stands, only blocks that may hold a match. */
  readonly toRead: number;
  /** Files without an index, which are read whole. */
  readonly unindexed: FilesAndBytes;
  /** Files that are packed, or whose packets tcpdump filters: both are slower, and no index helps. */
  readonly slower: FilesAndBytes;
  /** How long it takes to read all but `slower`; null where no search of the rings has shown how fast they are read. */
  readonly lasts: Lasting | null;
  /** `limits.search`: what is read without a question. */
  readonly limit: number;
}

export interface FilesAndBytes {
  readonly files: number;
  readonly bytes: number;
}

/** An estimate, and the finished searches of the same rings that it goes by, newest first. */
export interface Lasting {
  readonly milliseconds: number;
  readonly by: readonly string[];
}

/** Why a search is not begun unasked: a part of a sentence, for an error and for the audit log. */
export function tooLargeInWords({ toRead, rings, limit }: Preflight): string {
  return `it would read ${sizeInWords(toRead)} of ${rings.join(', ')}, and only up to ${sizeInWords(limit)} (limits.search) are read unasked`;
}
