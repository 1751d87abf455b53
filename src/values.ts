import { z } from 'zod';
import { parseDuration, parseSize } from './capture/quantities.ts';

const expectedSize = 'expected a size such as 500MB, 10GB or 4MiB';
/** `500MB 10GB 4GiB`, or a number of bytes; in bytes. */
export const size = z.union([z.int().positive(), z.string()], expectedSize).transform((value, context) => {
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

export const zone = z.string().refine(isTimeZone, 'expected a time zone such as Europe/Berlin');
/** One, or a list. */
export const oneOrMore = z
  .union([
    z
      .string()
      .min(1)
      .transform((one) => [one]),
    z.array(z.string().min(1)),
  ])
  .default([]);
/** A name that needs no quotes anywhere. */
export const word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/, 'expected up to 40 letters, digits, dots and dashes');

/** The facilities of syslog(3) that are not the kernel's own. */
const facilities = [
  ...['auth', 'authpriv', 'cron', 'daemon', 'ftp', 'lpr', 'mail', 'news', 'syslog', 'user', 'uucp'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];
export const facility = z.enum(facilities, 'expected a facility of syslog such as local6');

/** `udp://192.0.2.5:514` or `tcp://log.example:601`. */
export const syslogServer = z.string().transform((value, context) => {
  const [, transport, bracketed, plain, digits] =
    /^(udp|tcp):\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9][A-Za-z0-9.-]*)):(\d{1,5})$/.exec(value) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  if ((transport === 'udp' || transport === 'tcp') && host !== undefined && port > 0 && port < 65_536) {
    return { transport, host, port } as const;
  }
  context.addIssue({
    code: 'custom',
    message: 'expected a syslog server such as udp://192.0.2.5:514 or tcp://log.example:601',
  });
  return z.NEVER;
});

/** A network interface. */
export function interfaceName() {
  // IFNAMSIZ is 16 with the closing zero; a leading dash would be an option to tcpdump.
  return z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}$/, 'expected an interface name');
}

/** A Slack channel. */
export function channelId() {
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
