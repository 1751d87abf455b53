import { type Capture, isOpen, type Millis } from '../../capture/capture.ts';
import { lasting } from '../../reports/figures.ts';
import { joinInWords } from '../../reports/join.ts';
import { ringsInWords, taggedInWords } from '../../reports/span.ts';
import { buttonsFor } from './buttons.ts';
import { numbers, progressLines, result, windowInWords } from './numbers.ts';
import { headline, headlineText } from './status.ts';
import { bold, code, escaped, line, richDate, said, slackDate, typed } from './text.ts';
import { context, mrkdwn, plain, type Row, rows, type View } from './view.ts';

/**
 * The one living message of a live capture or a search, true as of `now`. It is drawn anew whenever the capture changes, so nothing
 * in it counts seconds: a message that nobody redraws must not become a lie.
 */
export function captureView(capture: Capture, now: Millis): View {
  return {
    text: `${headlineText(capture)}: ${inShort(capture)}`,
    blocks: [
      rows(headline(capture), [code(capture.expression, 600)], ...expansion(capture), ...body(capture, now)),
      context(plain(whoAndWhere(capture)), mrkdwn(whenInWords(capture))),
      buttonsFor(capture),
    ],
  };
}

/** Id, people, place and case, on one line. */
export function whoAndWhere(capture: Capture): string {
  const ordered = capture.orderedBy === capture.analyst ? '' : `, ordered by ${capture.orderedBy}`;
  const people = `${capture.analyst}${ordered}${capture.approvedBy === null ? '' : `, approved by ${capture.approvedBy}`}`;
  const place = placeOf(capture);
  const incident = capture.case === null ? [] : [`case ${capture.case}`];
  return [capture.id, ...[people, place, ...incident].map((words) => line(words, 160))].join(' · ');
}

function placeOf(capture: Capture): string {
  const { kind, joined, interface: name } = capture;
  if (joined !== null) return `of ${[...new Set(joined.map(({ capture }) => capture))].join(', ')}`;
  return kind === 'live' ? (name ?? 'no interface') : `${ringsInWords(capture)}, ${windowInWords(capture)}`;
}

/** That the expression is not all of what is matched. */
function expansion(capture: Capture): Row[] {
  if (capture.expanded === null) return [];
  return [[said(`matched behind one VLAN tag and behind two as well${taggedInWords(capture)}`)]];
}

function body(capture: Capture, now: Millis): Row[] {
  if (!isOpen(capture.state)) return ending(capture);
  if (capture.kind === 'live') {
    // Why one that is kept has not been started again yet.
    const waiting: Row[] = capture.state === 'starting' && capture.why !== null ? [[typed(capture.why, 300)]] : [];
    return [...waiting, ...(hasNumbers(capture) ? [[said(`${numbers(capture)} · as of `), richDate(now)]] : [])];
  }
  return capture.progress === null ? [] : progressLines(capture.progress).map((words) => [said(words)]);
}

function ending(capture: Capture): Row[] {
  const why: Row[] = capture.why === null ? [] : [[typed(capture.why, 300)]];
  if (capture.state === 'failed') return why;
  const digest: Row[] = capture.sha256 === null ? [] : [digestRow(capture.sha256)];
  const join: Row[] = capture.join === null ? [] : [[said(`Join: ${joinInWords(capture.join)}`)]];
  return [[bold(result(capture))], ...why, [code(capture.savefile, 255)], ...digest, ...join];
}

function whenInWords(capture: Capture): string {
  const started = `started ${slackDate(capture.startedAt)}`;
  const { deadline, near } = capture.limits;
  if (isOpen(capture.state) && deadline !== null) {
    return `${started}, ${near ? '⏳ ends soon, ' : 'ends '}${slackDate(deadline)}`;
  }
  return capture.endedAt === null ? started : `${started}, ended after ${lasting(capture.endedAt - capture.startedAt)}`;
}

function inShort(capture: Capture): string {
  if (capture.state === 'failed') return escaped(capture.why ?? 'no reason known', 300);
  if (!isOpen(capture.state)) return result(capture);
  if (capture.kind === 'past' || hasNumbers(capture)) return numbers(capture);
  return `on ${escaped(capture.interface ?? 'no interface', 40)}`;
}

function hasNumbers(capture: Capture): boolean {
  return capture.bytes !== null || capture.packets !== null;
}

function digestRow(sha256: string): Row {
  return [said('SHA-256 '), code(`${sha256.slice(0, 8)}…${sha256.slice(-8)}`, 40), said(' (full in the thread)')];
}
