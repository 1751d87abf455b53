import type { Micros, Millis } from '../../capture.ts';

const day: Millis = 86_400_000;
/** A logger that rolls twice within a second opens the same name again, and cuts what it holds. */
const rolling: Millis = 2_000;

/**
 * Whether a ring file's name is such that its logger never opens it again: the last digits in it are the time, about that of its first
 * packet, at which it was opened (`daemonlogger.pcap.1795486205`, dumpcap's `ring_00001_20261124021005.pcap`). tcpdump -C -W, and
 * -G with a name that comes back, write over the same file: a link to it would hold what is written next.
 */
export function isNamedOnce(name: string, firstAt: Micros, now: Millis): boolean {
  const digits =
    name
      .replace(/\.lz4$/, '')
      .match(/\d+/g)
      ?.at(-1) ?? '';
  const openedAt = digits.length === 10 ? Number(digits) * 1_000 : wallTime(digits);
  return Math.abs(openedAt - firstAt / 1_000) <= day && Math.abs(now - openedAt) > rolling;
}

/** `YYYYMMDDhhmmss` of an unknown zone, taken as UTC; NaN for anything else. */
function wallTime(digits: string): Millis {
  const [, date, clock] = /^(\d{8})(\d{6})$/.exec(digits) ?? [];
  if (date === undefined || clock === undefined) return Number.NaN;
  const parts = (text: string, sign: string) => text.replace(/(\d+)(\d\d)(\d\d)$/, `$1${sign}$2${sign}$3`);
  return Date.parse(`${parts(date, '-')}T${parts(clock, ':')}Z`);
}
