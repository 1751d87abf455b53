import { type Capture, isOpen, type JoinedPart, type RingFileReport, ringsOf } from '../../capture/capture.ts';
import type { Deletion } from '../../capture/evidence.ts';
import { bytesInWords } from '../../capture/quantities.ts';
import { count, counted, lasting, utc } from '../../reports/figures.ts';
import { joinInWords } from '../../reports/join.ts';
import { taggedInWords } from '../../reports/span.ts';
import { coverageRows, troubleBlocks } from './coverage.ts';
import { countRows, custodyRows, factRows, labelled } from './facts.ts';
import { numbers, progressLines, windowInWords } from './numbers.ts';
import { headline, headlineText } from './status.ts';
import { bold, code, said, typed } from './text.ts';
import { type Row, rows, type View } from './view.ts';

/**
 * Everything about one capture, for the one person who asked.
 * @param reports the coverage statement of a search; empty for a live capture
 * @param deletion when and why retention deleted its savefile; undefined where it did not
 */
export function detailsView(capture: Capture, reports: readonly RingFileReport[], deletion?: Deletion): View {
  return {
    text: headlineText(capture),
    blocks: [
      rows(headline(capture, 2000), [code(capture.expression, 2000)]),
      rows(...orderRows(capture)),
      rows(...resultRows(capture)),
      ...(capture.kind === 'past' && capture.joined === null
        ? [rows(...coverageRows(capture, reports)), ...troubleBlocks(reports, 15)]
        : []),
      rows(...custodyRows(capture), ...deletedRows(deletion)),
    ],
  };
}

function deletedRows(deletion: Deletion | undefined): Row[] {
  if (deletion === undefined) return [];
  return [[bold('Deleted: '), typed(`${utc(deletion.at)}: ${deletion.why}`, 300)]];
}

function orderRows(capture: Capture): Row[] {
  const list: Row[] =
    capture.hosts === null
      ? []
      : [labelled('Hosts', `${count(capture.hosts.entries)} of a list, SHA-256 ${capture.hosts.sha256}`)];
  const searched: Row[] = [...list, ringRow(capture), labelled('Window', windowInWords(capture))];
  const listened: Row[] = [
    [bold('Interface: '), typed(capture.interface ?? 'unknown', 80), said(`, snaplen ${capture.snaplen}`)],
  ];
  return [
    labelled('Id', capture.id),
    [bold('Analyst: '), typed(capture.analyst, 80)],
    ...(capture.orderedBy === capture.analyst ? [] : [[bold('Ordered by: '), typed(capture.orderedBy, 80)]]),
    ...(capture.approvedBy === null ? [] : [[bold('Approved by: '), typed(capture.approvedBy, 80)]]),
    ...(capture.case === null ? [] : [[bold('Case: '), typed(capture.case, 200)]]),
    ...(capture.joined === null ? (capture.kind === 'past' ? searched : listened) : joinedRows(capture.joined)),
    ...(capture.join === null ? [] : [labelled('Join', joinInWords(capture.join))]),
    labelled('Started', utc(capture.startedAt)),
    ...(capture.endedAt === null
      ? []
      : [labelled('Ended', `${utc(capture.endedAt)}, after ${lasting(capture.endedAt - capture.startedAt)}`)]),
    ...(capture.expanded === null ? [] : [[bold(`Expanded${taggedInWords(capture)}: `), code(capture.expanded, 600)]]),
    ...limitRows(capture),
    ...(capture.why === null ? [] : [[bold('Why: '), typed(capture.why, 500)]]),
  ];
}

function ringRow(capture: Capture): Row {
  const rings = ringsOf(capture);
  return [bold(rings.length > 1 ? 'Rings: ' : 'Ring: '), typed(rings.length === 0 ? 'unknown' : rings.join(', '), 200)];
}

function joinedRows(parts: readonly JoinedPart[]): Row[] {
  return parts.map(({ capture, savefile, packets }) => [
    bold('Joined from: '),
    said(`${capture}, ${counted(packets, 'packet')}: `),
    code(savefile, 255),
  ]);
}

function limitRows({ state, limits, keep, earlier }: Capture): Row[] {
  const goesOn = isOpen(state);
  const most = [
    ...(limits.deadline === null ? [] : [utc(limits.deadline)]),
    ...(limits.bytes === null ? [] : [bytesInWords(limits.bytes)]),
    ...(limits.packets === null ? [] : [counted(limits.packets, 'packet')]),
  ];
  const again = 'started again after a reboot';
  const kept: Row[] = keep ? [goesOn ? labelled('Kept', again) : labelled('Was kept', `to be ${again}`)] : [];
  const before = earlier.slice(-5).map((one): Row => [bold('Earlier: '), code(one.savefile, 255)]);
  return [
    ...(most.length === 0 ? [] : [labelled(goesOn ? 'Ends at' : 'Was to end at', most.join(' or '))]),
    ...kept,
    ...before,
  ];
}

function resultRows(capture: Capture): Row[] {
  if (isOpen(capture.state)) {
    if (capture.progress !== null) return progressLines(capture.progress).map((line) => [said(line)]);
    return [[said(numbers(capture))]];
  }
  return [...countRows(capture), ...(capture.facts === null ? [[said(numbers(capture))]] : factRows(capture.facts))];
}
