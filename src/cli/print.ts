import type { Analyst, Origin } from '../capture/analyst.ts';
import { originInWords } from '../capture/analyst.ts';
import { type Capture, type HostList, isOpen, type Millis, ringsOf } from '../capture/capture.ts';
import type { Deletion } from '../capture/evidence.ts';
import type { AuditEntry } from '../capture/orders.ts';
import { bytesInWords, counted } from '../capture/quantities.ts';
import { utc } from '../reports/figures.ts';
import { dropsInWords, holesInWords, missingOf } from '../reports/holes.ts';
import { taggedInWords } from '../reports/span.ts';
import { oneLine } from '../reports/words.ts';
import { type Shown, type Zone, zonedTime, zoneLine } from './clock.ts';
import { labelled, type Row } from './labels.ts';

/** What the file system says of a capture's file now; null where it is gone. */
export type FileStatus = {
  readonly bytes: number;
  readonly modifiedAt: Millis;
  readonly accessedAt: Millis;
  readonly changedAt: Millis;
} | null;

/**
 * A block a capture, the original's rows first, in its words; then what is missing from the evidence, the id that the other verbs take, and
 * how it stands or ended. On a terminal the id comes first.
 */
export function blockLines(
  captures: readonly {
    readonly capture: Capture;
    readonly status: FileStatus;
    readonly deletion?: Deletion | undefined;
  }[],
  shown: Shown,
): string[] {
  const blocks = captures.map(({ capture, status, deletion }) => {
    const id: Row = ['Id', capture.id];
    const holes = holesInWords(capture).map((hole): Row => ['Hole', hole]);
    const original = [...blockRows(capture, status, shown), ...ringRow(capture), ...holes];
    return labelled(
      [
        ...(shown.terminal ? [id, ...original] : [...original, id]),
        ...stateRows(capture, shown),
        ...deletedRow(deletion, shown),
      ],
      16,
    );
  });
  const named = captures.map(({ capture }) => capture);
  return [...zoneLine(named, shown), ...blocks.flatMap((block, at) => (at === 0 ? block : ['', ...block]))];
}

/** The block's rows: a search that still runs has its progress instead of its file's times, which say nothing yet. */
export function blockRows(capture: Capture, status: FileStatus, { timezone }: Shown): Row[] {
  const time = (at: Millis | undefined) => (at === undefined ? 'the file is gone' : zonedTime(at, timezone));
  const times: Row[] =
    capture.kind === 'past' && isOpen(capture.state)
      ? [['Progress', reachedInWords(capture, timezone)]]
      : [
          ['Started', zonedTime(capture.startedAt, timezone)],
          ['Last Modified', time(status?.modifiedAt)],
          ['Last Accessed', time(status?.accessedAt)],
          ['Last Changed', time(status?.changedAt)],
        ];
  return [
    ['Analyst', capture.analyst],
    ['Size (bytes)', String(status?.bytes ?? capture.bytes ?? 'unknown')],
    ...times,
    ['Description', oneLine(capture.description)],
    ['Expression', oneLine(capture.expression)],
    ...(capture.hosts === null ? [] : [['Hosts', hostsInWords(capture.hosts, capture)] as const]),
    ['Capture File', oneLine(capture.path)],
  ];
}

/** The ring of a search, or its rings. */
export function ringRow(capture: Capture): Row[] {
  const rings = ringsOf(capture);
  return rings.length === 0 ? [] : [[rings.length === 1 ? 'Ring' : 'Rings', oneLine(rings.join(', '))]];
}

/** How many hosts and nets a list has, which list it was, and whether tags were looked behind. */
function hostsInWords({ entries, sha256, behindTags }: HostList, capture: Capture): string {
  const behind = behindTags ? `, behind VLAN tags, too${taggedInWords(capture)}` : '';
  return `${entries.toLocaleString('en-US')} (sha256 ${sha256})${behind}`;
}

/** How a capture stands, or when and why it ended. */
export function stateRows({ state, endedAt, why }: Capture, { timezone }: Shown): Row[] {
  return [
    ['State', state],
    ...(endedAt === null ? [] : [['Ended', zonedTime(endedAt, timezone)] as const]),
    ...(why === null ? [] : [['Why', oneLine(why)] as const]),
  ];
}

/** When and why retention deleted the savefile; nothing where it did not. */
export function deletedRow(deletion: Deletion | undefined, { timezone }: Shown): Row[] {
  return deletion === undefined ? [] : [['Deleted', oneLine(`${zonedTime(deletion.at, timezone)}: ${deletion.why}`)]];
}

/** The time that a search has reached in the ring. */
export function reachedInWords({ progress, joined }: Pick<Capture, 'progress' | 'joined'>, timezone: Zone): string {
  if (joined !== null) return 'joining';
  const reached = progress?.reached ?? null;
  return reached === null ? 'before the first packet' : zonedTime(Math.floor(reached / 1_000), timezone);
}

/** When a live capture ends by itself, or was to, and whether it comes back after a reboot. */
export function limitsInWords(
  { state, limits, keep }: Pick<Capture, 'state' | 'limits' | 'keep'>,
  timezone: Zone,
): string[] {
  const goesOn = isOpen(state);
  return [
    ...(limits.deadline === null ? [] : [`${goesOn ? 'ends' : 'was to end'} ${zonedTime(limits.deadline, timezone)}`]),
    ...(limits.bytes === null ? [] : [`at ${bytesInWords(limits.bytes)}`]),
    ...(limits.packets === null ? [] : [`at ${counted(limits.packets, 'packet')}`]),
    ...(keep ? [goesOn ? 'started again after a reboot' : 'was to be started again after a reboot'] : []),
  ];
}

/** How many packets, and always beside that what the kernel dropped. */
export function packetsInWords(capture: Capture): string {
  const { counts } = capture;
  const packets = capture.packets === null ? 'packets not counted' : counted(capture.packets, 'packet');
  const told = (count: number | null | undefined, what: string) =>
    count === null || count === undefined ? [] : [`${count} ${what}`];
  return [
    packets,
    ...told(counts?.captured, 'captured'),
    ...told(counts?.receivedByFilter, 'received by filter'),
    ...[dropsInWords(capture)].filter((words) => words !== null),
    ...(missingOf(capture) > 0 ? [`${missingOf(capture)} missing from the savefile`] : []),
  ]
    .join(', ')
    .concat(counts !== null && isOpen(capture.state) ? ' (tcpdump is asked once a minute)' : '')
    .replaceAll('\u202f', '');
}

/** An entry of the audit log on one line. */
export function auditLine(entry: AuditEntry): string {
  const who = entry.analyst ?? (entry.origin.door === 'engine' ? 'engine' : 'stranger');
  const whose = entry.actingFor === null ? '' : ` for ${entry.actingFor}`;
  const told = [
    `${entry.seq} ${utc(entry.at)} ${who}${whose} ${originInWords(entry.origin)} ${entry.verb} ${entry.outcome}`,
    ...(entry.capture === null ? [] : [` ${entry.capture}`]),
    ...(entry.words === '' ? [] : [`: ${entry.words}`]),
    ...(entry.detail === null ? [] : [` (${entry.detail})`]),
  ];
  return oneLine(told.join(''));
}

/** Who the sensor takes the person for, and by what. */
export function whoamiLines(analyst: Analyst, origin: Origin, sensor: string): string[] {
  return labelled([
    ['Analyst', analyst.name],
    ['Role', analyst.role],
    ['Known by', oneLine(originInWords(origin))],
    ['Sensor', sensor],
  ]);
}
