import { dirname, resolve } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { z } from 'zod';
import type { KnownAnalyst } from './capture/analyst.ts';
import { CaptureError } from './capture/errors.ts';

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
  readonly analysts: readonly KnownAnalyst[];
  readonly slack: SlackConfig | null;
  readonly reports: ReportsConfig;
}

export interface Ring {
  readonly name: string;
  readonly path: string;
  readonly interface: string;
}

export interface SlackConfig {
  readonly team: string;
  readonly channels: readonly string[];
  readonly digest: string | null;
  /** File with the tokens, mode 0600; the environment wins. */
  readonly tokens: string | null;
}

export interface ReportsConfig {
  /** Wall clock `HH:MM` in the zone. */
  readonly at: string;
  readonly timezone: string;
}

const sizeUnits: Record<string, number> = {
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const expectedSize = 'expected a size such as 500MB, 10GB or 4MiB';
const size = z.union([z.int().positive(), z.string()], expectedSize).transform((value, context) => {
  if (typeof value === 'number') return value;
  const match = /^(\d+(?:\.\d+)?)\s*([kKMGT]i?B)$/.exec(value);
  const unit = sizeUnits[match?.[2] ?? ''];
  const bytes = match && unit !== undefined ? Math.floor(Number(match[1]) * unit) : 0;
  if (bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: expectedSize });
  return z.NEVER;
});

const zone = z.string().refine(isTimeZone, 'expected a time zone such as Europe/Berlin');
const oneOrMore = z
  .union([
    z
      .string()
      .min(1)
      .transform((one) => [one]),
    z.array(z.string().min(1)),
  ])
  .default([]);
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/, 'expected up to 40 letters, digits, dots and dashes');

const schema = z.strictObject({
  sensor: word,
  state: z.string().min(1),
  captures: z.string().min(1),
  group: z.string().min(1).nullable().default(null),
  interfaces: z.tuple([interfaceName()], interfaceName()),
  snaplen: z.int().min(64).max(262144).default(262144),
  buffer: size.default(16 * 2 ** 20),
  rings: z.array(z.strictObject({ name: word, path: z.string().min(1), interface: interfaceName() })).default([]),
  analysts: z
    .array(
      z.strictObject({ name: word, role: z.enum(['viewer', 'analyst', 'lead']), slack: oneOrMore, login: oneOrMore }),
    )
    .min(1),
  slack: z
    .strictObject({
      team: z.string().regex(/^[TE][A-Z0-9]+$/, 'expected a Slack team id such as T024BE7LD'),
      channels: z.array(channelId()).default([]),
      digest: channelId().nullable().default(null),
      tokens: z.string().min(1).nullable().default(null),
    })
    .nullable()
    .default(null),
  reports: z
    .strictObject({
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a time such as '08:00'")
        .default('08:00'),
      timezone: zone.default('UTC'),
    })
    .default({ at: '08:00', timezone: 'UTC' }),
});

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
  const checked = schema.safeParse(unfolded(document, file) ?? {});
  if (!checked.success) refuse(file, checked.error.issues.flatMap(mistakes));
  const raw = checked.data;
  const twice = [...duplicates('analysts', raw), ...duplicates('rings', raw), ...sharedIdentities(raw.analysts)];
  if (twice.length > 0) refuse(file, twice);
  const from = (path: string) => resolve(dirname(file), path);
  return {
    ...raw,
    file,
    state: from(raw.state),
    captures: from(raw.captures),
    rings: raw.rings.map((ring) => ({ ...ring, path: from(ring.path) })),
    slack: raw.slack && { ...raw.slack, tokens: raw.slack.tokens && from(raw.slack.tokens) },
  };
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
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [`${key || 'the whole file'}: ${missing ? `is missing: expected ${issue.expected}` : issue.message}`];
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

function interfaceName() {
  // IFNAMSIZ is 16 with the closing zero; a leading dash would be an option to tcpdump.
  return z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}$/, 'expected an interface name');
}

function channelId() {
  return z.string().regex(/^[CG][A-Z0-9]+$/, 'expected a channel id such as C024BE91L');
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
