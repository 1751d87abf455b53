import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pidOf } from '../capture/process.ts';
import { tcpdumpsWritingInto } from '../capture/writing.ts';
import type { Config } from '../config.ts';
import { counted } from '../reports/figures.ts';
import { type Condition, isReadable, reading } from './condition.ts';
import { broken, type Finding, named, ok, skipped, warning } from './finding.ts';

interface SavefileRow {
  readonly number: number;
  readonly savefile: string;
  readonly file: string;
  readonly open: 0 | 1;
  readonly holds: 0 | 1;
  readonly deleted: 0 | 1;
}

const savefileRows = `
  SELECT number, savefile, file, ended_at IS NULL AS open, sha256 IS NOT NULL AS holds, deleted_at IS NOT NULL AS deleted
    FROM captures
  UNION ALL SELECT capture, savefile, savefile, 0, sha256 IS NOT NULL, deleted_at IS NOT NULL FROM earlier`;

/** Holds the captures directory and the tcpdumps that write into it against the registry. */
export function checkSavefiles(config: Config, condition: Condition): Finding[] {
  if (!existsSync(config.captures)) return [];
  const writing = tcpdumpsWritingInto(config.captures);
  if (!isReadable(condition)) {
    return [
      skipped(
        'savefiles',
        `not compared: no registry can be read; ${counted(writing.length, 'tcpdump writes', 'tcpdumps write')} into ${config.captures}`,
      ),
    ];
  }
  const rows = reading(config, (database) => database.prepare<[], SavefileRow>(savefileRows).all());
  const files = readdirSync(config.captures).filter((name) => name.endsWith('.pcap'));
  const running = new Set(rows.filter(({ open }) => open === 1).map(({ savefile }) => savefile));
  const unknown = writing.filter(({ savefile }) => !running.has(savefile));
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
    ...withoutFile(files, rows),
  ];
  return findings.length > 0
    ? findings
    : [ok('savefiles', `${counted(files.length, 'file')}, as the registry has them`)];
}

function withoutRow(files: readonly string[], rows: readonly SavefileRow[], captures: string): Finding[] {
  const known = new Set(rows.flatMap(({ savefile, file }) => [savefile, file]));
  const strange = files.filter((name) => !known.has(name));
  if (strange.length === 0) return [];
  const found = `${counted(strange.length, 'file')} that the registry does not know: ${named(strange, 2)}`;
  return [
    warning(
      'savefiles',
      found,
      'A sidecar beside a file says whose it is; keep other files elsewhere.',
      `ls -l ${join(captures, strange[0] ?? '')}*`,
    ),
  ];
}

function withoutFile(files: readonly string[], rows: readonly SavefileRow[]): Finding[] {
  const present = new Set(files);
  const awaited = rows.filter(({ holds, open, deleted }) => deleted === 0 && (holds === 1 || open === 1));
  const gone = awaited.filter(({ file }) => !present.has(file));
  if (gone.length === 0) return [];
  const ids = named(gone.map(({ number }) => `c${number}`));
  return [
    warning(
      'savefiles',
      `${counted(gone.length, 'savefile')} gone: of ${ids}`,
      'Was it moved? The audit log has what capture itself did.',
      'capture audit --last 50',
    ),
  ];
}
