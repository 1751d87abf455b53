import { setImmediate as otherWork } from 'node:timers/promises';
import type { Capture, State } from './capture.ts';
import type { Measured } from './evidence.ts';
import { freeBytes } from './limits.ts';
import type { Room } from './room.ts';
import { isHeld } from './supervision.ts';

/** Captures of one look: some 5 ms. */
const pageSize = 2_500;

interface Row {
  readonly kind: Capture['kind'];
  readonly state: State;
  readonly count: number;
  readonly open: number;
  readonly dropped: number;
  readonly searched: number;
}

/** Reads what `Engine.measure` tells; a page of captures that have all ended never changes, and is read once. */
export function openMeasures(room: Room): () => Promise<Measured> {
  const { database, supervision } = room;
  const page = database.prepare<[number, number], Row>(`
    SELECT kind, state, count(*) AS count, sum(ended_at IS NULL) AS open,
      total(counts ->> '$.droppedByKernel') AS dropped, total(progress ->> '$.bytesDone') AS searched
    FROM captures WHERE number > ? AND number <= ? GROUP BY kind, state`);
  const newest = database.prepare<[], number>('SELECT coalesce(max(number), 0) FROM captures').pluck();
  const earlier = database.prepare<[], number>(`SELECT total(counts ->> '$.droppedByKernel') FROM earlier`).pluck();
  const ended = new Map<number, readonly Row[]>();

  async function rows(): Promise<Row[]> {
    const all: Row[] = [];
    const last = newest.get() ?? 0;
    for (let from = 0; from < last; from += pageSize) {
      const known = ended.get(from);
      const read = known ?? page.all(from, from + pageSize);
      all.push(...read);
      if (known !== undefined) continue;
      if (from + pageSize <= last && read.every(({ open }) => open === 0)) ended.set(from, read);
      await otherWork();
    }
    return all;
  }

  return async () => {
    const all = await rows();
    const lease = supervision.lease();
    const held = isHeld(lease, room.uptime());
    return {
      captures: [...Map.groupBy(all, ({ kind, state }) => `${kind} ${state}`).values()].flatMap(([first, ...more]) =>
        first === undefined ? [] : [{ kind: first.kind, state: first.state, count: sum([first, ...more], 'count') }],
      ),
      droppedByKernel: sum(all, 'dropped') + (earlier.get() ?? 0),
      searchedBytes: sum(all, 'searched'),
      supervisor: !held ? 'nobody' : lease?.holder === room.self ? 'this process' : 'another process',
      freeBytes: await freeBytes(room),
    };
  };
}

function sum(rows: readonly Row[], what: 'count' | 'dropped' | 'searched'): number {
  return rows.reduce((total, row) => total + row[what], 0);
}
