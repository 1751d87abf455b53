import { isAlive, type ProcessToken } from '../capture/process.ts';
import type { Config } from '../config.ts';
import { newestSchema, registryFile } from '../database.ts';
import { counted, named } from '../reports/figures.ts';
import { type Condition, isReadable, reading } from './condition.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';

const check = 'registry';

/** Whether the registry opens and holds together, and whether what it takes for running has a process. */
export function checkRegistry(config: Config, condition: Condition): Finding[] {
  return [judged(condition, config), ...(isReadable(condition) ? [checkProcesses(config)] : [])];
}

function judged(condition: Condition, { state }: Config): Finding {
  const file = registryFile(state);
  const rebuild =
    'A new one can be made of the sidecars, as root or the directory’s owner; the old file is kept. Captures that run go on.';
  switch (condition.is) {
    case 'new':
      return skipped(check, `${file} is not there yet: the first command makes it`);
    case 'lost':
      return broken(check, `${condition.why}, although captures were made here`, rebuild, 'capture doctor --rebuild');
    case 'damaged':
      return broken(check, `${file} is damaged: ${condition.why}`, rebuild, 'capture doctor --rebuild');
    case 'closed':
      return broken(
        check,
        condition.why,
        'Look at who owns it and who has it open.',
        `ls -l ${file}*; fuser -v ${file}`,
      );
    case 'healthy':
      return healthy(condition, file);
    default:
      return condition satisfies never;
  }
}

function healthy({ captures, schema, wal }: Extract<Condition, { is: 'healthy' }>, file: string): Finding {
  const newest = newestSchema();
  const found = `whole, ${counted(captures, 'capture')}, schema ${schema} of ${newest}`;
  if (!wal)
    return warning(
      check,
      `${found}, without its write-ahead log: a reader would stop a writer`,
      'The next command switches it on.',
      'capture list',
    );
  if (schema < newest)
    return warning(
      check,
      `${found}: of an earlier release`,
      `The next command brings it up to date; keep a copy first.`,
      `cp -p ${file} ${file}.schema-${schema}`,
    );
  return ok(check, found);
}

interface OpenRow {
  readonly number: number;
  readonly kind: 'live' | 'past';
  readonly state: 'starting' | 'running' | 'stopping';
  readonly owner: ProcessToken;
  readonly tcpdump: ProcessToken | null;
}

function checkProcesses(config: Config): Finding {
  const rows = reading(config, (database) =>
    database
      .prepare<[], OpenRow>(
        `SELECT number, kind, state, owner, tcpdump FROM captures WHERE ended_at IS NULL ORDER BY number`,
      )
      .all(),
  );
  const gone = rows.filter(
    (row) => !isAlive(row.kind === 'live' && row.state === 'running' ? (row.tcpdump ?? row.owner) : row.owner),
  );
  if (rows.length === 0) return ok('running captures', 'none');
  if (gone.length === 0) return ok('running captures', `${rows.length}, each with its process`);
  const ids = named(gone.map(({ number }) => `c${number}`));
  return warning(
    'running captures',
    `${ids} of ${rows.length} without a process`,
    'The next command or the bot finds out why, and tells.',
    'capture list',
  );
}
