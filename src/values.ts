import { z } from 'zod';
import { plainName } from './capture/analyst.ts';
import { parseDuration, parseSize } from './capture/quantities.ts';

const expectedSize = 'expected a size such as 500MB, 10GB or 4MiB';
/** `500MB 10GB 4GiB`, or a number of bytes; in bytes. */
export const size = z.union([z.int().positive(expectedSize), z.string()], expectedSize).transform((value, context) => {
  const bytes = typeof value === 'number' ? value : parseSize(value);
  if (bytes !== undefined && bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: expectedSize });
  return z.NEVER;
});
const expectedDuration = 'expected a duration such as 30m, 24h or 7d';
/** `90s 30m 24h 7d`; in milliseconds. */
export const duration = z.string(expectedDuration).transform((value, context) => {
  const millis = parseDuration(value);
  if (millis !== undefined && millis > 0) return millis;
  context.addIssue({ code: 'custom', message: expectedDuration });
  return z.NEVER;
});

const expectedZone = 'expected a time zone such as Europe/Berlin';
export const zone = z.string(expectedZone).refine(isTimeZone, expectedZone);

/** A text that is not empty. */
export function text(expected: string) {
  return z.string(expected).min(1, expected);
}

/** One, or a list. */
export function oneOrMore(expected: string) {
  const one = text(expected).transform((only) => [only]);
  return z.union([one, z.array(text(expected))], expected).default([]);
}

/** A directory or a file. */
export function path(example: string) {
  return text(`expected a path such as ${example}`);
}

/** A whole number. */
export function whole(expected: string, { least, most }: { readonly least: number; readonly most: number }) {
  return z.int(expected).min(least, expected).max(most, expected);
}

/** Settings below a key, or the whole file's. */
export function settings<Shape extends z.core.$ZodLooseShape>(shape: Shape, example: string) {
  // A key that nobody knows has words of its own.
  const error = ({ code }: { readonly code: string }) =>
    code === 'unrecognized_keys' ? undefined : `expected ${example}`;
  return z.strictObject(shape, { error });
}

/** A name that needs no quotes anywhere. */
export function word(example: string) {
  const expected = `expected up to 40 letters, digits, dots and dashes, such as ${example}`;
  return z.string(expected).regex(plainName, expected);
}

/** The facilities of syslog(3) that are not the kernel's own. */
const facilities = [
  ...['auth', 'authpriv', 'cron', 'daemon', 'ftp', 'lpr', 'mail', 'news', 'syslog', 'user', 'uucp'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];
export const facility = z.enum(facilities, 'expected a facility of syslog such as local6');

const expectedServer = 'expected a syslog server such as udp://192.0.2.5:514 or tcp://log.example:601';
/** `udp://192.0.2.5:514` or `tcp://log.example:601`. */
export const syslogServer = z.string(expectedServer).transform((value, context) => {
  const [, transport, bracketed, plain, digits] =
    /^(udp|tcp):\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*)):(\d{1,5})$/.exec(value) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  if ((transport === 'udp' || transport === 'tcp') && host !== undefined && port > 0 && port < 65_536) {
    return { transport, host, port } as const;
  }
  context.addIssue({ code: 'custom', message: expectedServer });
  return z.NEVER;
});

/** A network interface. */
export function interfaceName() {
  // IFNAMSIZ is 16 with the closing zero; a leading dash would be an option to tcpdump.
  const expected = 'expected the name of an interface such as eth1';
  return z.string(expected).regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}$/, expected);
}

/** A Slack channel. */
export function channelId() {
  const expected = 'expected a channel id such as C024BE91L';
  return z.string(expected).regex(/^[CG][A-Z0-9]+$/, expected);
}

/** A Slack user group. */
export function groupId() {
  const expected = 'expected the id of a Slack user group such as S0614TZR7';
  return z.string(expected).regex(/^S[A-Z0-9]+$/, expected);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
