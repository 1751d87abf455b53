import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { doubtfulSavefiles } from '../capture/doubts.ts';
import type { DoubtfulSavefile } from '../capture/evidence.ts';
import { openHoldings } from '../capture/holdings.ts';
import { pidOf } from '../capture/process.ts';
import { tcpdumpsWritingInto } from '../capture/writing.ts';
import type { Config } from '../config.ts';
import { counted, named } from '../reports/figures.ts';
import { doubtsInWords } from '../reports/findings.ts';
import { type Condition, isReadable, readingOn } from './condition.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';

const check = 'savefiles';

interface SavefileRow {
  readonly number: number;
  readonly savefile: string;
  readonly file: string;
  readonly open: 0 | 1;
}

const savefileRows = `
  SELECT number, savefile, file, ended_at IS NULL AS open FROM captures
  UNION ALL SELECT capture, savefile, savefile, 0 FROM earlier`;

/** Holds the captures directory and the tcpdumps that write into it against the registry. */
export async function checkSavefiles(config: Config, condition: Condition): Promise<Finding[]> {
  if (!existsSync(config.captures)) return [];
  const writing = tcpdumpsWritingInto(config.captures);
  if (!isReadable(condition)) {
    return [
      skipped(
        check,
        `not compared: no registry can be read; ${counted(writing.length, 'tcpdump writes', 'tcpdumps write')} into ${config.captures}`,
      ),
    ];
  }
  const { rows, doubtful } = await readingOn(config, async (database) => ({
    rows: database.prepare<[], SavefileRow>(savefileRows).all(),
    doubtful: await doubtfulIn(database, config.captures),
  }));
  const files = readdirSync(config.captures).filter((name) => /\.pcap(ng)?$/.test(name));
  const open = new Set(rows.filter((row) => row.open === 1).map(({ savefile }) => savefile));
  const vanished = doubtful.filter(({ doubt }) => doubt === 'vanished');
  const unknown = writing.filter(({ savefile }) => !open.has(savefile));
  const findings = [
    ...unknown.map(({ tcpdump, savefile }) =>
      broken(
        'orphan',
        `tcpdump ${pidOf(tcpdump)} writes ${savefile}, and the registry does not know it`,
        'End it: its file stays.',
        `kill -INT ${pidOf(tcpdump)}`,
      ),
    ),
    ...withoutRow(files, rows, config.captures),
    ...gone([...running(files, rows).map((number) => `c${number}`), ...vanished.map(({ held }) => held.capture)]),
    ...changed(doubtful.filter(({ doubt }) => doubt !== 'vanished')),
  ];
  return findings.length > 0 ? findings : [ok(check, `${counted(files.length, 'file')}, as the registry has them`)];
}

function doubtfulIn(database: Database, directory: string): Promise<DoubtfulSavefile[]> {
  // Who looks and when is for those who write what they found.
  const holdings = openHoldings(database, { directory, process: '', now: Date.now });
  return doubtfulSavefiles(holdings, new AbortController().signal);
}

function withoutRow(files: readonly string[], rows: readonly SavefileRow[], captures: string): Finding[] {
  const known = new Set(rows.flatMap(({ savefile, file }) => [savefile, file]));
  const strange = files.filter((name) => !known.has(name));
  if (strange.length === 0) return [];
  const found = `${counted(strange.length, 'file')} that the registry does not know: ${named(strange, 2)}`;
  return [
    warning(
      check,
      found,
      'A sidecar beside a file says whose it is; keep other files elsewhere.',
      `ls -l ${join(captures, strange[0] ?? '')}*`,
    ),
  ];
}

/** What runs writes into a file that somebody took away. */
function running(files: readonly string[], rows: readonly SavefileRow[]): number[] {
  const present = new Set(files);
  return rows.filter(({ open, file }) => open === 1 && !present.has(file)).map(({ number }) => number);
}

function gone(ids: readonly string[]): Finding[] {
  if (ids.length === 0) return [];
  return [
    warning(
      check,
      `${counted(ids.length, 'savefile')} gone: of ${named(ids)}`,
      'Was it moved? The audit log has what capture itself did.',
      'capture audit --last 50',
    ),
  ];
}

/** What a look at the directory tells, as a daily report does: the doctor reads no savefile. */
function changed(doubtful: readonly DoubtfulSavefile[]): Finding[] {
  const [first] = doubtful;
  if (first === undefined) return [];
  const command = `capture verify${doubtful.length === 1 ? ` ${first.held.capture}` : ''}`;
  const found = doubtsInWords(doubtful).join('; ');
  if (doubtful.some(({ doubt }) => doubt === 'changed')) {
    return [broken(check, found, 'Who did that? Verify says what holds, and puts it on record.', command)];
  }
  return [warning(check, found, 'Verify it: only its digest tells whether it is what it was.', command)];
}
