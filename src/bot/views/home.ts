import type { ActionsBlock, Button, HomeView, KnownBlock } from '@slack/types';
import { type Analyst, mayRole, type Origin } from '../../capture/analyst.ts';
import { type Capture, type Millis, mayStop } from '../../capture/capture.ts';
import type { Health } from '../../capture/health.ts';
import type { Standing } from '../../capture/orders.ts';
import { count } from '../../reports/figures.ts';
import { buttonIds, buttonsFor } from './buttons.ts';
import { whoAndWhere } from './capture.ts';
import { healthRows } from './health.ts';
import { numbers, progressLines, result } from './numbers.ts';
import { approvalIds } from './request.ts';
import { type Answerable, waitingBlocks } from './requests.ts';
import { headline } from './status.ts';
import { bold, code, line, richDate, said, typed, typedLines } from './text.ts';
import { actions, context, header, plain, type Row, rows } from './view.ts';
import { whoamiView } from './whoami.ts';

/** A Home has buttons of its own ids: a click there has neither a channel nor a place to answer. */
const atHome = 'home_';
export const homeButtons = {
  stop: `${atHome}${buttonIds.stop}`,
  cancel: `${atHome}${buttonIds.cancel}`,
  details: `${atHome}${buttonIds.details}`,
  approve: `${atHome}${approvalIds.approve}`,
  deny: `${atHome}${approvalIds.deny}`,
  start: `${atHome}start`,
  search: `${atHome}search`,
} as const;

/** What runs, each with its buttons, takes two blocks, and Slack takes a hundred. */
const mostRunning = 12;
/** As many for what waits for approval. */
const mostWaiting = 8;
export const mostEnded = 5;

/** What somebody's Home shows. */
export interface HomeOf {
  readonly sensor: string;
  readonly analyst: Analyst;
  readonly origin: Origin;
  /** What is theirs. */
  readonly own: Pick<Standing, 'open' | 'ended'>;
  /** What is not theirs; null for whose Home shows their own alone. */
  readonly others: Pick<Standing, 'open' | 'ended'> | null;
  /** What waits for approval, oldest first: of theirs, or of everybody's. */
  readonly waiting: readonly Answerable[];
  /** Null while the sensor is still being looked at. */
  readonly health: Health | null;
}

/** Somebody's Home: who they are, what they can do, what runs, what came of the last, and how the sensor is; true as of `now`. */
export function homeView({ sensor, analyst, origin, own, others, waiting, health }: HomeOf, now: Millis): HomeView {
  const mayCapture = mayRole.capture(analyst);
  const mine = mayCapture
    ? [...running('Your captures and searches', own.open, analyst), ...ended('Your last results', own.ended, analyst)]
    : [];
  const theirs =
    others === null
      ? []
      : [
          ...running(mayCapture ? 'Everybody else’s' : 'Captures and searches', others.open, analyst),
          ...ended(mayCapture ? 'Everybody else’s last results' : 'Last results', others.ended, analyst),
        ];
  return {
    type: 'home',
    blocks: [
      header(line(`Capture on ${sensor}`, 150)),
      ...whoamiView(analyst, origin).blocks,
      ...(mayCapture ? [beginning()] : []),
      ...unanswered(waiting),
      ...mine,
      ...theirs,
      rows(...(health === null ? [[said('⏳ The sensor is still being looked at.')]] : healthRows(health))),
      rows([said('As of '), richDate(now)]),
    ],
  };
}

/** The Home of who may not use capture: it says so, and nothing else. */
export function closedHomeView(why: string): HomeView {
  return {
    type: 'home',
    blocks: [rows([bold('🚫 Nothing is shown here')], [typedLines(why, 1_000)])],
  };
}

function beginning(): ActionsBlock {
  const button = (id: string, verb: string, words: string): Button => ({
    type: 'button',
    action_id: id,
    value: verb,
    text: plain(words, 75),
  });
  return actions(
    { ...button(homeButtons.start, 'start', 'Start'), style: 'primary' },
    button(homeButtons.search, 'search', 'Search'),
  );
}

/** Whoever may answer them comes to their Home for that: these first. */
function unanswered(waiting: readonly Answerable[]): KnownBlock[] {
  if (waiting.length === 0) return [];
  const hidden = waiting.length - mostWaiting;
  const inReach = waiting.toSorted((one, other) => Number(other.answers.approve) - Number(one.answers.approve));
  return [
    rows([bold(`Waiting for approval: ${count(waiting.length)}`)]),
    ...inReach.slice(0, mostWaiting).flatMap((each) => waitingBlocks(each, homeButtons)),
    ...(hidden > 0 ? [context(plain(`and ${count(hidden)} more: /capture approve`))] : []),
  ];
}

function running(title: string, captures: readonly Capture[], analyst: Analyst): KnownBlock[] {
  const hidden = captures.length - mostRunning;
  return [
    rows([bold(`${title}: ${captures.length === 0 ? 'nothing runs' : `${count(captures.length)} running`}`)]),
    ...captures
      .slice(0, mostRunning)
      .flatMap((capture): KnownBlock[] => [rows(...runningRows(capture)), buttonsAtHome(capture, analyst)]),
    ...(hidden > 0 ? [context(plain(`and ${count(hidden)} more, older: /capture list`))] : []),
  ];
}

function runningRows(capture: Capture): Row[] {
  const { progress, why, limits } = capture;
  const waiting: Row[] = why === null ? [] : [[typed(why, 200)]];
  const counted = capture.bytes === null && capture.packets === null ? [] : [numbers(capture)];
  const reported = progress === null ? counted : progressLines(progress);
  const until: Row = limits.deadline === null ? [] : [said(', ends '), richDate(limits.deadline)];
  return [
    headline(capture, 150),
    [code(capture.expression, 150)],
    ...waiting,
    ...reported.map((words): Row => [said(words)]),
    [said(line(whoAndWhere(capture), 300))],
    [said('started '), richDate(capture.startedAt), ...until],
  ];
}

function ended(title: string, captures: readonly Capture[], analyst: Analyst): KnownBlock[] {
  if (captures.length === 0) return [];
  return [
    rows([bold(title)]),
    ...captures
      .slice(0, mostEnded)
      .flatMap((capture): KnownBlock[] => [rows(...endedRows(capture)), buttonsAtHome(capture, analyst)]),
  ];
}

function endedRows(capture: Capture): Row[] {
  const { state, why, sha256, endedAt } = capture;
  const came: Row[] = state === 'failed' ? [] : [[said(result(capture))]];
  const digest: Row[] =
    sha256 === null ? [] : [[said('SHA-256 '), code(`${sha256.slice(0, 8)}…${sha256.slice(-8)}`, 40)]];
  const when: Row = endedAt === null ? [] : [said('ended '), richDate(endedAt)];
  return [
    headline(capture, 150),
    ...came,
    ...(why === null ? [] : [[typed(why, 200)]]),
    ...digest,
    [said(line(whoAndWhere(capture), 300))],
    when,
  ];
}

/** Of a capture's buttons those that work in a Home, and that this person may use. */
function buttonsAtHome(capture: Capture, analyst: Analyst): ActionsBlock {
  const usable: string[] = mayStop(analyst, capture)
    ? [buttonIds.stop, buttonIds.cancel, buttonIds.details]
    : [buttonIds.details];
  return actions(
    ...buttonsFor(capture).elements.flatMap((element): Button[] =>
      element.type === 'button' && usable.includes(element.action_id ?? '')
        ? [{ ...element, action_id: `${atHome}${element.action_id}` }]
        : [],
    ),
  );
}
