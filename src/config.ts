import { dirname, join, resolve, sep } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { KnownAnalyst } from './capture/analyst.ts';
import { CaptureError } from './capture/errors.ts';
import { schema } from './keys.ts';

/** The installation, checked whole: every path absolute, every size in bytes. */
export interface Config {
  readonly file: string;
  readonly sensor: string;
  readonly state: string;
  readonly captures: string;
  /** Group that owns completed savefiles; the process's own where it is null. */
  readonly group: string | null;
  readonly interfaces: readonly [string, ...string[]];
  readonly snaplen: number;
  /** tcpdump's kernel buffer, bytes. */
  readonly buffer: number;
  readonly rings: readonly Ring[];
  readonly limits: LimitsConfig;
  readonly analysts: readonly KnownAnalyst[];
  /** Null: nobody is asked before a capture starts. */
  readonly approval: ApprovalConfig | null;
  readonly slack: SlackConfig | null;
  /** Where the bot tells metrics and health, always on 127.0.0.1; null: nowhere. */
  readonly metrics: { readonly port: number } | null;
  readonly reports: ReportsConfig;
  readonly pins: PinsConfig;
  /** Null: nothing is deleted. */
  readonly retention: RetentionConfig | null;
  /** Null: the audit log goes nowhere else. */
  readonly syslog: SyslogConfig | null;
}

export interface Ring {
  readonly name: string;
  readonly path: string;
  readonly interface: string;
}

/** What live captures may take; an analyst may ask for less, a lead for more. And what a search may read without a question. */
export interface LimitsConfig {
  /** Milliseconds from its start, extensions included. */
  readonly duration: number;
  /** Bytes of one capture, its savefiles from before a reboot included. */
  readonly size: number;
  /** Live captures that one analyst may have running. */
  readonly perAnalyst: number;
  /** Bytes that stay free on the captures' volume. */
  readonly freeSpace: number;
  /** Bytes that a search reads without asking first, after index and window. */
  readonly search: number;
}

/** Which live captures start only once a second person, a lead, has approved them. */
export interface ApprovalConfig {
  /** Those whose expression libpcap compiles to a program that looks at nothing. */
  readonly everything: boolean;
  /** Those that may run for more milliseconds than that; null: however long. */
  readonly duration: number | null;
  /** Those that may grow to more bytes than that; null: however large. */
  readonly size: number | null;
  /** Those on one of these. */
  readonly interfaces: readonly string[];
  /** Milliseconds for which a request may be answered. */
  readonly for: number;
}

export interface SlackConfig {
  readonly team: string;
  readonly channels: readonly string[];
  readonly digest: string | null;
  /** Slack user groups whose members have a role here, where `analysts` does not name them; null: nobody has one by a group. */
  readonly groups: { readonly viewer: string | null; readonly analyst: string | null } | null;
  /** Orders that one person may give in a minute. */
  readonly orders: number;
  /** File with the tokens, mode 0600; the environment wins. */
  readonly tokens: string | null;
}

export interface ReportsConfig {
  /** Wall clock `HH:MM` in the zone. */
  readonly at: string;
  readonly timezone: string;
}

/** Ring files that are kept from being pruned. */
export interface PinsConfig {
  readonly directory: string;
  /** Bytes of ring files that may be pinned. */
  readonly size: number;
  /** Milliseconds, unless less is asked for; a lead may ask for more. */
  readonly for: number;
}

/** When complete savefiles are deleted. */
export interface RetentionConfig {
  /** Milliseconds after their end; null: however old they are. */
  readonly finished: number | null;
  /** The oldest first, while fewer bytes are free on the captures' volume; null: however full it is. */
  readonly keepFree: number | null;
}

/** Where each entry of the audit log goes, too. */
export interface SyslogConfig {
  readonly facility: string;
  /** Null: the sensor's own. */
  readonly server: { readonly transport: 'udp' | 'tcp'; readonly host: string; readonly port: number } | null;
}

/**
 * Checks a configuration's text; relative paths are taken from the file's directory.
 * @throws CaptureError `bad_request` naming every mistake
 */
export function checkConfig(text: string, file: string): Config {
  const document = parseDocument(text);
  if (document.errors.length > 0)
    refuse(
      file,
      document.errors.map((error) => error.message),
    );
  const checked = schema.safeParse(unfolded(document, file) ?? {}, { reportInput: true });
  if (!checked.success) refuse(file, [...new Set(checked.error.issues.flatMap(mistakes))]);
  const raw = checked.data;
  const twice = [...duplicates('analysts', raw), ...duplicates('rings', raw), ...sharedIdentities(raw.analysts)];
  if (twice.length > 0) refuse(file, twice);
  const from = (path: string) => resolve(dirname(file), path);
  const rings = raw.rings.map((ring) => ({ ...ring, path: from(ring.path) }));
  const pins = from(raw.pins.directory ?? join(raw.state, 'pins'));
  const within = rings.filter(({ path }) => isWithin(pins, path)).map(({ name }) => inRing(pins, name));
  if (within.length > 0) refuse(file, within);
  const unknown = raw.approval?.interfaces.filter((name) => !raw.interfaces.includes(name)) ?? [];
  if (unknown.length > 0) refuse(file, unknown.map(notCaptured));
  return {
    ...raw,
    file,
    state: from(raw.state),
    captures: from(raw.captures),
    rings,
    pins: { ...raw.pins, directory: pins },
    slack: raw.slack && { ...raw.slack, tokens: raw.slack.tokens && from(raw.slack.tokens) },
  };
}

/** A logger prunes what lies in its ring by name, whosever it is. */
function inRing(directory: string, ring: string): string {
  return `pins.directory: ${directory} is inside the ring ${ring}: expected a directory outside every ring`;
}

/** A slip of the finger would leave the interface that was meant without a second person. */
function notCaptured(name: string): string {
  return `approval.interfaces: ${name} is not among interfaces: expected one of those`;
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : `${directory}${sep}`);
}

/** The document's values. An alias to nothing, or aliases that unfold without end, are told only here. */
function unfolded(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse(file, [error instanceof Error ? error.message : String(error)]);
  }
}

function refuse(file: string, mistakes: readonly string[]): never {
  throw new CaptureError(
    'bad_request',
    [`${file} is not a configuration:`, ...mistakes.map((line) => `  ${line}`)].join('\n'),
  );
}

function mistakes(issue: z.core.$ZodIssue): string[] {
  const key = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => `${key === '' ? '' : `${key}.`}${unknown}: no such key`);
  }
  const missing = issue.input === undefined;
  return [`${key || 'the whole file'}: ${missing ? 'is missing: ' : ''}${issue.message}`];
}

function duplicates(
  key: 'analysts' | 'rings',
  raw: { analysts: { name: string }[]; rings: { name: string }[] },
): string[] {
  const names = raw[key].map((entry) => entry.name);
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${key}: ${name} is there twice`);
}

/** One identity proves one person. */
function sharedIdentities(analysts: readonly KnownAnalyst[]): string[] {
  return (['slack', 'login'] as const).flatMap((door) => {
    const ids = analysts.flatMap((analyst) => analyst[door]);
    return ids
      .filter((id, at) => ids.indexOf(id) !== at)
      .map((id) => `analysts: ${door} ${id} belongs to two analysts`);
  });
}
