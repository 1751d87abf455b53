import { type Actor, analystAt, mayRole, strangerInWords } from '../capture/analyst.ts';
import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { quoteWord } from '../command/words.ts';
import type { Config } from '../config.ts';
import { examine } from '../doctor/doctor.ts';
import type { Finding } from '../doctor/finding.ts';
import { originOf, unknownOf } from '../doctor/rebuild/fill.ts';
import { type Rebuilt, rebuildRegistry } from '../doctor/rebuild/rebuild.ts';
import { configFile, readConfig } from '../environment.ts';
import { counted } from '../reports/figures.ts';
import { oneLine } from '../reports/words.ts';
import { exits } from './exits.ts';
import { findingLines, summaryLine } from './findings.ts';
import { shellOrigin } from './identity.ts';
import { iso, type Json } from './json.ts';
import type { Output } from './output.ts';

/** How the doctor was called, and where the answer goes. */
export interface Call {
  /** The configuration that `--config` named. */
  readonly file: string | undefined;
  readonly words: readonly string[];
  readonly json: boolean;
  readonly output: Output;
  readonly now: () => Millis;
}

/**
 * Says what is wrong with the installation, to anybody at the shell: it must work where nobody can be known, because the configuration
 * or the registry is broken. Nothing is changed, and nothing written to the audit log.
 * @returns 0 when nothing is broken, 69 otherwise
 */
export async function doctor({ file, json, output, now }: Call): Promise<number> {
  const config = await configOrError(file);
  const findings: Finding[] = [];
  for await (const finding of examine({ file: configFile(file), config, now: now() })) {
    findings.push(finding);
    if (!json) output.lines(findingLines(finding, output.columns));
  }
  const healthy = findings.every(({ verdict }) => verdict !== 'broken');
  if (json) output.json(document(findings, { config, healthy, at: now() }));
  else output.lines(['', summaryLine(findings)]);
  return healthy ? 0 : exits.tool_failed.status;
}

/**
 * Makes a lost or damaged registry anew, for a lead.
 * @throws CaptureError `bad_request` for the configuration, `not_allowed`, `conflict`, `tool_failed` as `rebuildRegistry` does
 */
export async function rebuild({ file, words, json, output, now }: Call): Promise<number> {
  const config = await readConfig(file);
  const rebuilt = rebuildRegistry(config, leadAtTheShell(config, words), now);
  if (json) output.json(rebuiltJson(rebuilt));
  else output.lines(rebuiltLines(rebuilt, config).map(oneLine));
  return 0;
}

async function configOrError(file: string | undefined): Promise<Config | CaptureError> {
  try {
    return await readConfig(file);
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

function leadAtTheShell(config: Config, words: readonly string[]): Actor {
  const origin = shellOrigin(config.state);
  const analyst = analystAt(origin, config.analysts, null);
  if (analyst === undefined) throw new CaptureError('not_allowed', strangerInWords(origin, config.sensor));
  if (!mayRole.rebuild(analyst)) throw new CaptureError('not_allowed', 'rebuilding the registry is for leads: ask one');
  return { analyst, origin, words: words.map(quoteWord).join(' ') };
}

function document(
  findings: readonly Finding[],
  { config, healthy, at }: { config: Config | CaptureError; healthy: boolean; at: Millis },
): Json {
  const sensor = config instanceof CaptureError ? null : config.sensor;
  return { healthy, sensor, at: iso(at), checks: findings.map(findingJson) };
}

function findingJson(finding: Finding): Json {
  const { check, verdict, found } = finding;
  return 'mend' in finding ? { check, verdict, found, mend: { ...finding.mend } } : { check, verdict, found };
}

function rebuiltJson({ why, kept, lastHead, captures, leftAlone }: Rebuilt): Json {
  return {
    why,
    kept,
    lastHead: lastHead && { ...lastHead },
    captures: captures.map(({ id, found }) => ({
      ...{ id, from: found.from, savefile: found.restored.savefile },
      unknown: unknownOf({ id, found }).at(0) ?? null,
    })),
    leftAlone: leftAlone.map(({ file, why: reason }) => ({ file, why: reason })),
  };
}

function rebuiltLines({ why, kept, lastHead, captures, leftAlone }: Rebuilt, { state }: Config): string[] {
  const sidecars = captures.filter(({ found }) => found.from === 'sidecar');
  const others = captures.filter(({ found }) => found.from !== 'sidecar');
  return [
    `Rebuilt: the registry has ${counted(captures.length, 'capture')} again, ${sidecars.length} of them from sidecars.`,
    ...others.flatMap(({ id, found }) => [
      `${id} ${originOf(found)}: ${found.restored.savefile}`,
      ...unknownOf({ id, found }).map((unknown) => `${id}: ${unknown}`),
    ]),
    ...leftAlone.map(({ file, why: reason }) => `Left alone: ${file} (${reason})`),
    `It was rebuilt because: ${why}`,
    kept.length === 0 ? 'There was no old file to keep.' : `Kept in ${state}: ${kept.join(', ')}`,
    lastHead === null
      ? 'The audit log begins anew. No entry of the old one could be read.'
      : `The audit log begins anew. The last entry of the old one that can be read: ${lastHead.seq} ${lastHead.hash}`,
    'Channels, coverage by ring file, captures that failed without a savefile, records of savefiles that retention deleted, requests for approval, and limits, --keep, case and approval of what runs are not in sidecars: they went with the old registry.',
    'Sidecars were taken as they are: one that was changed cannot be told any more. Only "capture verify" before a rebuild tells it.',
  ];
}
