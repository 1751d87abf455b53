import { type Capture, isOpen, type State } from '../../capture/capture.ts';
import { filesMissed } from '../../reports/coverage.ts';
import { counted, percentOf } from '../../reports/figures.ts';
import { dropsOf } from '../../reports/holes.ts';
import { notHeld } from '../../reports/span.ts';
import { bold, escaped, said, typed } from './text.ts';
import type { Row } from './view.ts';

/** A state as a word and an emoji, never a colour alone. */
export interface Status {
  readonly emoji: string;
  readonly words: string;
}

/** A capture's state for a headline. Holes in the evidence are part of it: a phone shows little else. */
export function statusOf(capture: Capture): Status {
  if (capture.joined !== null) return joinedStatus(capture);
  return capture.kind === 'live' ? liveStatus(capture) : searchStatus(capture);
}

/** The line that a phone shows: status and description. */
export function headline(capture: Capture, longest = 200): Row {
  const { emoji, words } = statusOf(capture);
  return [bold(`${emoji} ${words}`), said(' · '), typed(capture.description, longest)];
}

/** The same for a message's `text`. */
export function headlineText(capture: Capture): string {
  const { emoji, words } = statusOf(capture);
  return `${emoji} ${words} · ${escaped(capture.description, 200)} (${capture.id}, ${escaped(capture.analyst, 80)})`;
}

/** How much of a search's window is done, by bytes where there are any; from 0 to 99. */
export function percentDone(capture: Capture): number {
  const progress = capture.progress;
  if (progress === null) return 0;
  if (progress.bytesTotal > 0) return percentOf(progress.bytesDone, progress.bytesTotal);
  return percentOf(progress.filesDone, progress.filesTotal);
}

function liveStatus(capture: Capture): Status {
  const { emoji, words } = liveStates[capture.state];
  return dropsOf(capture).seen === 'some' ? { emoji: '⚠️', words: `${words} with kernel drops` } : { emoji, words };
}

const liveStates = {
  starting: { emoji: '⏳', words: 'Starting' },
  running: { emoji: '🟢', words: 'Capturing' },
  stopping: { emoji: '⏳', words: 'Stopping' },
  stopped: { emoji: '⏹️', words: 'Stopped' },
  finished: { emoji: '✅', words: 'Finished' },
  cancelled: { emoji: '🚫', words: 'Cancelled' },
  died: { emoji: '❌', words: 'Died' },
  failed: { emoji: '❌', words: 'Failed to start' },
} as const satisfies Record<State, Status>;

function joinedStatus({ state, packets }: Capture): Status {
  if (isOpen(state)) return { emoji: '⏳', words: 'Joining' };
  return state === 'finished'
    ? { emoji: '✅', words: `Joined, ${counted(packets ?? 0, 'packet')}` }
    : { emoji: '❌', words: 'Not joined' };
}

function searchStatus(capture: Capture): Status {
  const found = isOpen(capture.state) ? '' : `, ${matched(capture.packets)}`;
  switch (capture.state) {
    case 'starting':
      return { emoji: '⏳', words: 'Starting a search' };
    case 'running':
      return { emoji: '🔎', words: capture.progress === null ? 'Searching' : `Searching, ${percentDone(capture)}%` };
    case 'stopping':
      return { emoji: '⏳', words: 'Cancelling the search' };
    case 'finished':
    case 'stopped':
      if (filesMissed(capture.coverage) > 0 || notHeld(capture).length > 0)
        return { emoji: '⚠️', words: `Searched with gaps${found}` };
      return { emoji: '✅', words: `Searched${found}` };
    case 'cancelled':
      return { emoji: '🚫', words: `Search cancelled${found}` };
    case 'died':
      return { emoji: '❌', words: `Search died${found}` };
    case 'failed':
      return { emoji: '❌', words: 'Search failed' };
    default:
      return capture.state satisfies never;
  }
}

function matched(packets: number | null): string {
  if (packets === null) return 'packets unknown';
  return packets === 0 ? 'nothing matched' : counted(packets, 'packet');
}
