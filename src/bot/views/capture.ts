import { type Capture, isOpen, type Millis } from '../../capture/capture.ts';
import { counted, lasting } from '../../reports/figures.ts';
import { buttonsFor } from './buttons.ts';
import { numbers, progressLines, windowInWords } from './numbers.ts';
import { headline, headlineText } from './status.ts';
import { bold, code, escaped, line, richDate, said, slackDate, typed } from './text.ts';
import { context, mrkdwn, plain, type Row, rows, type View } from './view.ts';

/**
 * The one living message of a live capture or a search, true as of `now`. It is drawn anew whenever the capture changes, so nothing
 * in it counts seconds: a message that nobody redraws must not become a lie.
 */
export function captureView(capture: Capture, now: Millis): View {
  return {
    text: `${headlineText(capture)}: ${textNumbers(capture)}`,
    blocks: [
      rows(headline(capture), [code(capture.expression, 600)], ...body(capture, now)),
      context(plain(whoAndWhere(capture)), mrkdwn(whenInWords(capture))),
      buttonsFor(capture),
    ],
  };
}

/** Id, people, place and case, on one line. */
export function whoAndWhere(capture: Capture): string {
  const people =
    capture.orderedBy === capture.analyst ? capture.analyst : `${capture.analyst}, ordered by ${capture.orderedBy}`;
  const place =
    capture.kind === 'live'
      ? (capture.interface ?? 'no interface')
      : `ring ${capture.ring ?? 'unknown'}, ${windowInWords(capture.window)}`;
  const incident = capture.case === null ? [] : [`case ${capture.case}`];
  return [capture.id, ...[people, place, ...incident].map((words) => line(words, 160))].join(' · ');
}

function body(capture: Capture, now: Millis): Row[] {
  if (!isOpen(capture.state)) return ending(capture);
  if (capture.kind === 'past')
    return (capture.progress === null ? [] : progressLines(capture.progress)).map((words) => [said(words)]);
  if (capture.bytes === null && capture.packets === null) return [];
  return [[said(`${numbers(capture)} · as of `), richDate(now)]];
}

function ending(capture: Capture): Row[] {
  const why: Row[] = capture.why === null ? [] : [[typed(capture.why, 300)]];
  if (capture.state === 'failed') return why;
  const digest: Row[] =
    capture.sha256 === null
      ? []
      : [[said('SHA-256 '), code(shortened(capture.sha256), 40), said(' (full in the thread)')]];
  return [[bold(numbers(capture))], ...why, [code(capture.savefile, 255)], ...digest];
}

function whenInWords(capture: Capture): string {
  const started = `started ${slackDate(capture.startedAt)}`;
  return capture.endedAt === null ? started : `${started}, ended after ${lasting(capture.endedAt - capture.startedAt)}`;
}

function textNumbers(capture: Capture): string {
  if (!isOpen(capture.state))
    return capture.state === 'failed' ? escaped(capture.why ?? 'no reason known', 300) : numbers(capture);
  if (capture.kind === 'past') return `${counted(capture.progress?.packets ?? 0, 'packet')} matched so far`;
  return capture.bytes === null ? `listening on ${escaped(capture.interface ?? 'no interface', 40)}` : numbers(capture);
}

function shortened(sha256: string): string {
  return sha256.length <= 20 ? sha256 : `${sha256.slice(0, 8)}…${sha256.slice(-8)}`;
}
