import type { Kind, Micros, Millis } from './capture.ts';

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A file name's limit on Linux is 255 bytes; the rest of a name, with the processing form's pid and epoch, stays under 155. */
const longestDescription = 100;
const longestAnalyst = 40;

/**
 * The savefile's name as in the original script:
 * `grant_traffic.to.shop.example_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap`, a search's ends in `_.past.pcap`.
 * Only letters, digits, dots and underscores come out, whatever was typed: the name cannot leave its directory.
 * @param copy 1 for the first; more when the same second has such a name already
 */
export function savefileName(
  kind: Kind,
  order: { readonly analyst: string; readonly description: string },
  at: Millis,
  copy: number,
): string {
  return `${dotted(order.analyst, longestAnalyst)}_${savefileTail(kind, order.description, at, copy)}`;
}

/** The name of a search's file while it grows: `grant.processing.<pid>.<epoch reached>_<description>_..._.past.pcap`. */
export function processingName(savefile: string, pid: number, reached: Micros | null): string {
  const underscore = savefile.indexOf('_');
  const epoch = Math.floor((reached ?? 0) / 1e6);
  return `${savefile.slice(0, underscore)}.processing.${pid}.${epoch}${savefile.slice(underscore)}`;
}

function savefileTail(kind: Kind, description: string, at: Millis, copy: number): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${dayNames[time.getUTCDay()]}.${monthNames[time.getUTCMonth()]}${two(time.getUTCDate())}.${time.getUTCFullYear()}`;
  const clock = `${two(time.getUTCHours())}.${two(time.getUTCMinutes())}.${two(time.getUTCSeconds())}.UTC`;
  const words = dotted(description, longestDescription) + (copy > 1 ? `.${copy}` : '');
  return `${words}_${day}-${clock}_${Math.floor(at / 1000)}_${kind === 'past' ? '.past' : ''}.pcap`;
}

function dotted(words: string, longest: number): string {
  return words.replaceAll(/[^A-Za-z0-9]/g, '.').slice(0, longest);
}
