import type { PlanBlock, TaskCardBlock } from '@slack/types';
import { type Capture, isOpen, ringsOf } from '../../capture/capture.ts';
import { count, counted, size } from '../../reports/figures.ts';
import { joinInWords } from '../../reports/join.ts';
import { progressLines } from './numbers.ts';
import { statusOf } from './status.ts';
import { line, said, typed } from './text.ts';
import { type Row, rows } from './view.ts';

type Status = 'pending' | 'in_progress' | 'complete' | 'error';

/** A step of a search: what it is, how it stands, and what there is to say of it. */
interface Step {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly details: readonly Row[];
}

/** A search as a plan: waiting for the logger, planning, each ring, sealing, joining where it was asked for. */
export function planBlock(capture: Capture): PlanBlock {
  const { emoji, words } = statusOf(capture);
  return { type: 'plan', title: `${emoji} ${words}`, tasks: stepsOf(capture).map(taskCard) };
}

function stepsOf(capture: Capture): Step[] {
  return [
    ...(capture.state === 'starting' ? [waiting] : []),
    planning(capture),
    ...scanning(capture),
    sealing(capture),
    ...joining(capture),
  ];
}

function taskCard({ id, title, status, details }: Step): TaskCardBlock {
  const card: TaskCardBlock = { type: 'task_card', task_id: id, title, status };
  return details.length === 0 ? card : { ...card, details: rows(...details) };
}

/** Only the search of `both` waits: for what its live capture does not have. */
const waiting: Step = {
  id: 'logger',
  title: 'Waiting for the logger',
  status: 'in_progress',
  details: [[said('It has yet to write what came before the live capture')]],
};

function planning(capture: Capture): Step {
  const { progress } = capture;
  const inAll = progress === null ? '' : `: ${counted(progress.filesTotal, 'ring file')}, ${size(progress.bytesTotal)}`;
  return { id: 'plan', title: `Look at what the ring holds${inAll}`, status: planStatus(capture), details: [] };
}

function planStatus(capture: Capture): Status {
  if (isPlanned(capture)) return 'complete';
  if (!isOpen(capture.state)) return 'error';
  return capture.state === 'starting' ? 'pending' : 'in_progress';
}

function scanning(capture: Capture): Step[] {
  const rings = ringsOf(capture);
  const status = scanStatus(capture);
  const [one, ...more] = rings;
  if (more.length === 0) {
    const title = `Scan ${one === undefined ? 'the ring' : line(one, 80)}`;
    return [{ id: 'ring 1', title, status, details: status === 'complete' ? [] : howFar(capture) }];
  }
  return rings.map((ring, at) => {
    const files = Object.values(capture.coverageByRing?.[ring] ?? {}).reduce((sum, each) => sum + each, 0);
    const details: Row[] = files === 0 ? [] : [[said(`${count(files)} of its files so far`)]];
    return {
      id: `ring ${at + 1}`,
      title: `Scan ${line(ring, 80)}`,
      status,
      details: isOpen(capture.state) ? details : [],
    };
  });
}

/** Where it is, or where it ended before its time. */
function howFar({ state, progress }: Capture): Row[] {
  if (progress === null) return [];
  const [reached = '', read = '', matched = ''] = progressLines(progress);
  return [reached, read, ...(isOpen(state) ? [matched] : [])].map((words) => [said(words)]);
}

function scanStatus(capture: Capture): Status {
  const { state, progress } = capture;
  if (!isPlanned(capture)) return 'pending';
  if (isOpen(state)) return isScanned(capture) ? 'complete' : 'in_progress';
  const isThrough = state === 'finished' || state === 'stopped' || (progress !== null && isScanned(capture));
  return isThrough ? 'complete' : 'error';
}

function sealing(capture: Capture): Step {
  const open = isScanned(capture) ? 'in_progress' : 'pending';
  const ended = capture.sha256 === null ? 'error' : 'complete';
  return {
    id: 'seal',
    title: 'Seal the savefile, with its SHA-256',
    status: isOpen(capture.state) ? open : ended,
    details: [],
  };
}

function joining({ join, state }: Capture): Step[] {
  if (join === null) return [];
  const status = { awaited: isOpen(state) ? 'pending' : 'in_progress', into: 'complete', none: 'error' } as const;
  return [{ id: 'join', title: 'Join', status: status[join.join], details: [[typed(joinInWords(join), 300)]] }];
}

function isPlanned({ progress, coverage }: Capture): boolean {
  return progress !== null || coverage !== null;
}

function isScanned({ progress }: Capture): boolean {
  return progress !== null && progress.filesDone >= progress.filesTotal;
}
