import { type RecordFormat, recordHeaderBytes } from '../savefile.ts';

/** Short runs are put together up to so many bytes before they are given. */
const putTogether = 256 * 1024;
/** What is at least so long is given as it stands, without a copy. */
const longRun = 32 * 1024;

/** The record of a lane that is next, and what of the lane was read with it. */
interface Head {
  readonly lane: AsyncIterator<Buffer>;
  /** Its place among the lanes. */
  readonly order: number;
  records: Buffer;
  offset: number;
  seconds: number;
  /** Micro- or nanoseconds, as the format has it. */
  fraction: number;
}

/**
 * Merges lanes record by record: always the earliest of their next records, of equal ones that of the lane that stands first. A lane whose
 * own records are out of order stays as it is. So does Wireshark's mergecap (merge_read_packet in wiretap/merge.c), but that it takes the
 * last of equal ones.
 * @param lanes whole records of this format, in buffers; ours to read, the caller's to end. A lane is asked for more once all that it gave
 * was given on and taken.
 * @returns whole records; each buffer is good until the next is asked for
 */
export async function* mergeRecords(
  lanes: readonly AsyncIterable<Buffer>[],
  format: RecordFormat,
): AsyncGenerator<Buffer> {
  const together = Buffer.allocUnsafe(putTogether);
  let filled = 0;
  const opened = await Promise.all(lanes.map((lane, order) => begin(lane[Symbol.asyncIterator](), order, format)));
  const heads = opened.filter((head) => head !== undefined);
  for (let head = earliest(heads); head !== undefined; head = earliest(heads)) {
    const run = takeRun(head, earliest(heads, head), format);
    if (run.length >= longRun || filled + run.length > together.length) {
      if (filled > 0) yield together.subarray(0, filled);
      filled = 0;
    }
    if (run.length >= longRun) yield run;
    else filled += run.copy(together, filled);
    if (head.offset < head.records.length) continue;
    // What a lane gave is out of the way before it is asked for more: it may wait for that.
    if (filled > 0) yield together.subarray(0, filled);
    filled = 0;
    if (!(await refill(head, format))) heads.splice(heads.indexOf(head), 1);
  }
}

async function begin(lane: AsyncIterator<Buffer>, order: number, format: RecordFormat): Promise<Head | undefined> {
  const head: Head = { lane, order, records: Buffer.alloc(0), offset: 0, seconds: 0, fraction: 0 };
  return (await refill(head, format)) ? head : undefined;
}

/** Reads on in a lane; false when it has ended. */
async function refill(head: Head, format: RecordFormat): Promise<boolean> {
  do {
    const next = await head.lane.next();
    if (next.done === true) return false;
    head.records = next.value;
  } while (head.records.length === 0);
  head.offset = 0;
  readTime(head, format);
  return true;
}

/** The earliest of the heads, or of all others but one. */
function earliest(heads: readonly Head[], but?: Head): Head | undefined {
  let found: Head | undefined;
  for (const head of heads) if (head !== but && (found === undefined || isBefore(head, found))) found = head;
  return found;
}

function isBefore(one: Head, other: Head): boolean {
  if (one.seconds !== other.seconds) return one.seconds < other.seconds;
  return one.fraction === other.fraction ? one.order < other.order : one.fraction < other.fraction;
}

/** The records of a lane from its head on, up to the first that is behind another lane's, or to the end of what was read. */
function takeRun(head: Head, rival: Head | undefined, format: RecordFormat): Buffer {
  const { records, offset: from } = head;
  if (rival === undefined) {
    head.offset = records.length;
    return records.subarray(from);
  }
  do {
    head.offset += recordHeaderBytes + word(records, head.offset + 8, format);
    if (head.offset >= records.length) break;
    readTime(head, format);
  } while (isBefore(head, rival));
  return records.subarray(from, head.offset);
}

function readTime(head: Head, format: RecordFormat): void {
  head.seconds = word(head.records, head.offset, format);
  head.fraction = word(head.records, head.offset + 4, format);
}

function word(bytes: Buffer, offset: number, { littleEndian }: RecordFormat): number {
  return littleEndian ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset);
}
