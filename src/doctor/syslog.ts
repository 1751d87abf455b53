import { execa } from 'execa';
import type { Millis } from '../capture/capture.ts';
import type { Shipping } from '../capture/evidence.ts';
import { openOutbox } from '../capture/outbox.ts';
import { handOver, loggerWords } from '../capture/syslog.ts';
import { quoteWord } from '../command/words.ts';
import type { Config, SyslogConfig } from '../config.ts';
import { counted, lasting, utc } from '../reports/figures.ts';
import { type Condition, isReadable, reading } from './condition.ts';
import { broken, type Finding, ok, skipped, warning } from './finding.ts';

const check = 'syslog';
/** Not the audit log's own: nobody takes this message for an entry. */
const tag = 'capture-doctor';
const message = 'asks whether messages are taken; this is no entry of the audit log';
/** Entries wait for whoever is next, which may take this long. */
const soon: Millis = 60_000;

/** Whether syslog takes messages, and which entries of the audit log wait for it. */
export async function checkSyslog(config: Config, condition: Condition, now: Millis): Promise<Finding[]> {
  const { syslog } = config;
  if (syslog === null) return [skipped(check, 'not configured: the audit log is on this sensor alone')];
  const { failed } = await execa('logger', ['--version'], { reject: false, stdin: 'ignore', timeout: 5_000 });
  if (failed) {
    const found = 'there is no logger in PATH: no entry of the audit log goes to syslog';
    return [broken(check, found, 'Install it.', 'apt install bsdutils')];
  }
  const shipping = isReadable(condition) ? reading(config, (database) => openOutbox(database, '').shipping()) : null;
  const trouble = await handOver([message], tag, syslog);
  if (trouble === null) return [taken(syslog, shipping, now)];
  return [
    broken(
      check,
      `${nameOf(syslog)} takes no message: ${trouble}${waitingInWords(shipping, now)}`,
      'Mend that, and see whether it takes this one. What waits is handed over then; nothing is lost meanwhile.',
      ['logger', ...loggerWords(tag, syslog), 'test'].map(quoteWord).join(' '),
    ),
  ];
}

function taken(syslog: SyslogConfig, shipping: Shipping | null, now: Millis): Finding {
  const found = `${nameOf(syslog)} took a message of ${tag}${nobodyKnows(syslog)}${waitingInWords(shipping, now)}`;
  if (shipping === null || shipping.since === null || now - shipping.since < soon) return ok(check, found);
  const { trouble } = shipping;
  return warning(
    check,
    trouble === null ? found : `${found}; the last attempt failed: ${trouble}`,
    'The next command, the bot or the unit capture-supervisor hands them over.',
    'capture list',
  );
}

function nameOf({ facility, server }: SyslogConfig): string {
  if (server === null) return `${facility} on this sensor`;
  return `${facility} at ${server.transport}://${server.host}:${server.port}`;
}

function nobodyKnows({ server }: SyslogConfig): string {
  return server?.transport === 'udp' ? ', as far as UDP tells' : '';
}

function waitingInWords(shipping: Shipping | null, now: Millis): string {
  if (shipping === null) return '';
  const { waiting, since } = shipping;
  if (since === null) return '; nothing waits';
  return `; ${counted(waiting, 'entry waits', 'entries wait')}, since ${utc(since)} (${lasting(now - since)})`;
}
