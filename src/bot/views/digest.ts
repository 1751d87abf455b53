import type { KnownBlock } from '@slack/types';
import { type Capture, isOpen } from '../../capture/capture.ts';
import { type ChainHead, headInWords } from '../../capture/orders.ts';
import { orderInWords } from '../../reports/clicked.ts';
import { filesMissed } from '../../reports/coverage.ts';
import { type AnalystDay, type Attempted, type Digest, didInWords, whoOf } from '../../reports/digest.ts';
import { diskInWords } from '../../reports/disk.ts';
import { counted, size, utc } from '../../reports/figures.ts';
import { chainFaultsInWords, doubtsInWords } from '../../reports/findings.ts';
import { holesInWords } from '../../reports/holes.ts';
import { pinboardInWords } from '../../reports/pins.ts';
import { statusOf } from './status.ts';
import { bold, code, escaped, line, richDate, said, typed } from './text.ts';
import { bulleted, context, mrkdwn, plain, type Row, rows, type View } from './view.ts';

/** The daily message: what needs a look first, then what runs, who did what, who was refused, and the audit chain's head. */
export function digestView(digest: Digest): View {
  const title = `📊 ${digest.sensor}, ${weekday(digest.date)} ${digest.date}${digest.soFar ? ', so far' : ''}`;
  const summary = inShort(digest);
  return {
    text: `${escaped(title, 200)}: ${summary}`,
    blocks: [
      rows([bold(line(title, 200))], [said(summary)]),
      ...attentionBlocks(digest),
      ...listed(`🟢 ${digest.soFar ? 'Running' : 'Running at the end of the day'}`, digest.running.map(runningRow), 12),
      ...listed('👤 By analyst', digest.analysts.map(analystRow), 15),
      ...listed('🚫 Refused', digest.refused.map(attemptRow), 8),
      context(plain(`💾 ${diskInWords(digest.disk)}`)),
      ...pinboardInWords(digest.pinned, digest.madeAt).map((words) => context(plain(`📌 ${words}`))),
      context(plain(`${digest.timezone}: ${utc(digest.from)} to ${utc(digest.to)}`)),
      context(mrkdwn(`Audit log at entry ${digest.head.seq}: \`${witness(digest.head)}\``)),
    ],
  };
}

/** In a shell on the sensor it tells later whether the log is still the same up to here. */
function witness(head: ChainHead): string {
  return `capture audit verify --head ${escaped(headInWords(head), 100)}`;
}

function inShort(digest: Digest): string {
  const still = digest.running.length === 0 ? 'nothing runs' : `${counted(digest.running.length, 'capture')} running`;
  if (digest.quiet) return `A quiet day: nothing started, searched, ended or refused; ${still}.`;
  return [
    `${counted(digest.started.length, 'capture')} started`,
    `${counted(digest.searched.length, 'search', 'searches')}`,
    `${digest.ended.length} ended`,
    `${digest.refused.length} refused`,
    `${size(digest.bytesKept)} kept`,
    still,
  ].join(' · ');
}

function attentionBlocks({ attention }: Digest): KnownBlock[] {
  const missed = (capture: Capture) =>
    `${counted(filesMissed(capture.coverage), 'ring file')} not or not wholly searched`;
  const faults = attention.audit === null ? [] : chainFaultsInWords(attention.audit);
  const items: Row[] = [
    ...faults.map((fault): Row => [bold(`${fault}.`), said(' capture audit verify, in a shell, tells more')]),
    ...doubtsInWords(attention.doubtful).map((doubt): Row => [said(`${doubt}. /capture verify tells more`)]),
    ...attention.broken.map((capture) => named(capture, brokenInWords(capture))),
    ...attention.holed.map((capture) => named(capture, holesInWords(capture).join(', '))),
    ...attention.gaps.map((capture) => named(capture, missed(capture))),
    ...attention.failed.map(attemptRow),
  ];
  return listed('⚠️ Needs a look', items, 12);
}

function brokenInWords(capture: Capture): string {
  const why = capture.why === null ? '' : `: ${capture.why}`;
  return `${statusOf(capture).words}${line(why, 150)}`;
}

function runningRow(capture: Capture): Row {
  const past = capture.joined === null ? 'search since ' : 'joining since ';
  const since = capture.kind === 'live' ? `${capture.interface ?? ''} since ` : past;
  const by: Row = isOpen(capture.state) ? [] : [said(`, ${statusOf(capture).words.toLowerCase()} since then`)];
  return [...named(capture, since), richDate(capture.startedAt), ...by];
}

function named(capture: Capture, words: string): Row {
  return [
    bold(`${capture.id} `),
    typed(`${capture.analyst}: ${line(capture.description, 80)}`, 130),
    said(' · '),
    ending(words),
  ];
}

/** A trailing blank before a date has to stay, which typed() would trim. */
function ending(words: string) {
  return said(`${line(words, 200)}${words.endsWith(' ') ? ' ' : ''}`);
}

function analystRow(day: AnalystDay): Row {
  const kept = day.bytesKept > 0 ? [`${size(day.bytesKept)} kept`] : [];
  return [typed(day.analyst, 80, { bold: true }), said(`: ${[...didInWords(day), ...kept].join(', ')}`)];
}

function attemptRow(attempt: Attempted): Row {
  const became =
    attempt.outcome === 'unknown' ? ' nobody knows how it ended' : attempt.outcome === 'failed' ? ' failed' : '';
  const why: Row = attempt.why === null ? [] : [said(': '), typed(attempt.why, 150)];
  return [
    ...whoRow(attempt),
    said(' '),
    code(orderInWords(attempt), 100),
    said(became),
    ...why,
    said(' · '),
    richDate(attempt.at),
  ];
}

/** Who it was: a stranger as Slack shows them, since nobody knows people by their ids. */
function whoRow(attempt: Attempted): Row {
  const { analyst, slack } = attempt;
  if (analyst !== null || slack === null || !/^[UW][A-Z0-9]+$/.test(slack.user)) return [typed(whoOf(attempt), 100)];
  const isChannel = /^[CG][A-Z0-9]+$/.test(slack.channel);
  const where: Row = isChannel ? [said(' in '), { type: 'channel', channel_id: slack.channel }] : [];
  return [said('stranger '), { type: 'user', user_id: slack.user }, ...where];
}

function listed(title: string, items: readonly Row[], longest: number): KnownBlock[] {
  return items.length === 0 ? [] : [bulleted([bold(title)], items, longest, (item) => item)];
}

function weekday(date: string): string {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', { weekday: 'long', timeZone: 'UTC' });
}
