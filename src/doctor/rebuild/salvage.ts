import { z } from 'zod';
import type { Kind } from '../../capture/capture.ts';
import type { ChainHead } from '../../capture/orders.ts';
import type { Config } from '../../config.ts';
import { reading } from '../condition.ts';
import { isNameOf } from './name.ts';

/** What only the registry knew of a capture that still runs. */
const remembered = z.object({
  analyst: z.string(),
  orderedBy: z.string(),
  description: z.string(),
  expression: z.string(),
  case: z.string().nullable(),
  channel: z.string().nullable(),
  startedAt: z.int(),
});
export type Remembered = z.infer<typeof remembered> & { readonly keep: boolean };

/** The last entry of the old audit log that can still be read; undefined where none can. */
export function lastHead(config: Config): ChainHead | undefined {
  return attempt(config, 'SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1', (row) => {
    const { seq, hash } = row as Partial<ChainHead>;
    return Number.isInteger(seq) && /^[0-9a-f]{64}$/.test(hash ?? '') ? (row as ChainHead) : undefined;
  });
}

/** The highest number that the old registry gave to a capture, as far as it can be read. */
export function lastNumber(config: Config): number {
  const read = (row: unknown) => (row as { seq: unknown }).seq;
  return Number(attempt(config, `SELECT seq FROM sqlite_sequence WHERE name = 'captures'`, read) ?? 0);
}

/**
 * What the damaged registry still says of a savefile. Only words that the savefile's own name bears out are believed: a damaged page may
 * hold anybody's.
 */
export function rememberedOf(config: Config, savefile: string, kind: Kind): Remembered | undefined {
  const columns = `analyst, ordered_by AS orderedBy, description, expression, incident AS "case", channel, started_at AS startedAt`;
  return attempt(
    config,
    `SELECT ${columns} FROM captures NOT INDEXED WHERE savefile = ?`,
    (row) => {
      const told = remembered.parse(row);
      if (!isNameOf(savefile, kind, told, told.startedAt)) return undefined;
      return { ...told, keep: wasKept(config, savefile) };
    },
    savefile,
  );
}

/** Asked by itself: the first release's registry does not know it. */
function wasKept(config: Config, savefile: string): boolean {
  const read = (row: unknown) => (row as { keep: unknown }).keep === 1;
  return attempt(config, 'SELECT keep FROM captures NOT INDEXED WHERE savefile = ?', read, savefile) ?? false;
}

function attempt<Value>(
  config: Config,
  sql: string,
  read: (row: unknown) => Value | undefined,
  ...values: string[]
): Value | undefined {
  try {
    return reading(config, (database) => {
      const row = database.prepare(sql).get(...values);
      return row === undefined ? undefined : read(row);
    });
  } catch {
    // It is damaged: whatever cannot be read is lost, and the rebuild says so.
    return undefined;
  }
}
