import type { SyslogConfig } from '../config.ts';
import { originInWords } from './analyst.ts';
import type { Millis } from './capture.ts';
import type { AuditRow } from './chain.ts';
import type { Shipping } from './evidence.ts';
import type { Room } from './room.ts';

/** Entries of one logger: its start costs more than they do. Datagrams over a network are few: more find no room where they arrive. */
const entriesAtOnce = { datagrams: 50, others: 200 } as const;
/** A syslog that takes nothing keeps logger waiting for ever. */
const loggerPatience: Millis = 5_000;
/** logger cuts what is longer into two messages, and the second would be whatever an analyst typed. */
const longestMessage = 8_192;
/** Characters of a name, and of an analyst's words and what came of them; with all of them a line stays below 4,000. */
const longestName = 120;
const longestWords = 1_200;

/**
 * Hands waiting entries of the audit log over to syslog, oldest first, each at least once: what was handed over is noted behind it.
 * One process does it at a time. Never throws for a syslog that is not there: entries wait in the log itself, and the next call goes on.
 * @param signal ends it between two batches, and kills the logger at hand: its batch then counts as waiting
 */
export async function shipAudit(room: Room, signal: AbortSignal): Promise<Shipping> {
  const { syslog } = room.config;
  const before = room.outbox.shipping();
  if (syslog === null || before.waiting === 0 || !(await room.patiently(room.outbox.claim))) return before;
  const most = syslog.server?.transport === 'udp' ? entriesAtOnce.datagrams : entriesAtOnce.others;
  let trouble: string | null = null;
  try {
    for (;;) {
      const rows = room.outbox.waiting(most);
      const last = rows.at(-1);
      if (last === undefined || signal.aborted) break;
      // What a syslog has seen must not be gone after a power cut.
      await room.onDisk();
      const lines = rows.map((row) => syslogLine(room.config.sensor, row));
      trouble = await handOver(lines, 'capture', syslog, signal);
      if (trouble !== null) break;
      await room.patiently(() => room.outbox.shipped(last.seq));
    }
  } finally {
    await room.patiently(() => room.outbox.release(signal.aborted ? before.trouble : trouble));
  }
  // Told when it begins, not at each try; a shell's analyst need not read it among their own lines.
  if (trouble !== null && !signal.aborted && trouble !== before.trouble)
    room.log.info({ trouble }, 'syslog takes no audit entries');
  return room.outbox.shipping();
}

/** Hands lines over to syslog, one message each. @returns why that could not be done; null when it was */
export async function handOver(
  lines: readonly string[],
  tag: string,
  syslog: SyslogConfig,
  signal?: AbortSignal,
): Promise<string | null> {
  const { execa } = await import('execa');
  // The lines go to its stdin, one message each: no word of anybody is an argument.
  const result = await execa('logger', loggerWords(tag, syslog), {
    input: `${lines.join('\n')}\n`,
    reject: false,
    timeout: loggerPatience,
    ...(signal && { cancelSignal: signal }),
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024,
  });
  if (!result.failed) return null;
  if (result.timedOut) return `logger handed nothing over for ${loggerPatience / 1_000} s: does syslog take messages?`;
  return result.stderr.trim() || result.shortMessage || 'logger failed';
}

/** What logger is told, before any message. */
export function loggerWords(tag: string, { facility, server }: SyslogConfig): string[] {
  const transport = server?.transport === 'tcp' ? ['--tcp', '--octet-count'] : ['--udp'];
  const to = server === null ? [] : ['--server', server.host, '--port', String(server.port), ...transport];
  // Without --socket-errors logger exits with 0 when there is no /dev/log (util-linux 2.38).
  const how = ['--size', String(longestMessage), '--socket-errors=on'];
  return ['--tag', tag, '--priority', `${facility}.info`, ...how, ...to];
}

/**
 * An entry on one line of key=value pairs. A value in quotes is a JSON string in which everything but plain ASCII is escaped, `"`, `\` and
 * `=` among it: no word of anybody can end its value, begin another field or a second line, even for a reader that only looks for ` key=`.
 */
export function syslogLine(sensor: string, row: AuditRow): string {
  const fields: [key: string, value: string][] = [
    ['seq', String(row.seq)],
    ['at', new Date(row.at).toISOString()],
    ['sensor', quoted(sensor, longestName)],
    ['outcome', quoted(row.outcome, longestName)],
    ...optional('settles', row.settles === null ? null : String(row.settles)),
    ['verb', quoted(row.verb, longestName)],
    ...optional('analyst', row.analyst === null ? null : quoted(row.analyst, longestName)),
    ...optional('for', row.acting_for === null ? null : quoted(row.acting_for, longestName)),
    ['origin', quoted(originOf(row), longestName)],
    ...optional('capture', row.capture === null ? null : quoted(row.capture, longestName)),
    ['hash', quoted(row.hash, longestName)],
    ['words', quoted(row.words, longestWords)],
    ...optional('detail', row.detail === null ? null : quoted(row.detail, longestWords)),
  ];
  return fields.map(([key, value]) => `${key}=${value}`).join(' ');
}

function optional(key: string, value: string | null): [string, string][] {
  return value === null ? [] : [[key, value]];
}

function originOf({ origin }: AuditRow): string {
  try {
    return originInWords(JSON.parse(origin));
  } catch {
    // Somebody changed the entry: what they made of it is still worth telling.
    return origin;
  }
}

/** A JSON string of at most so many characters, quotes included; what is cut off shows as an ellipsis. */
function quoted(words: string, longest: number): string {
  let value = '';
  for (const unit of words.slice(0, longest).split('')) {
    const escaped = /[^\x20-\x7e]|["\\=]/.test(unit) ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : unit;
    if (value.length + escaped.length > longest - ellipsis.length) return `"${value}${ellipsis}"`;
    value += escaped;
  }
  return words.length > longest ? `"${value}${ellipsis}"` : `"${value}"`;
}

const ellipsis = '\\u2026';
