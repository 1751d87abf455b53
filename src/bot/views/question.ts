import type { RichTextElement } from '@slack/types';
import { type Capture, isOpen, type Millis } from '../../capture/capture.ts';
import { durationInWords } from '../../capture/quantities.ts';
import { approversInWords } from '../../reports/approval.ts';
import { answersFor, extensionOf, stopAskedButton } from './buttons.ts';
import { statusOf } from './status.ts';
import { bold, escaped, richDate, said, slackDate, typed } from './text.ts';
import { actions, type Row, rows, type View } from './view.ts';

/**
 * The question in a live capture's thread before its deadline, and in its place what came of it, without buttons.
 * @param about the deadline that was asked about
 */
export function questionView(capture: Capture, about: Millis, asked: Asked): View {
  const { state, limits } = capture;
  if (!isOpen(state)) return ended(capture);
  return limits.deadline === about ? question(capture, about, asked) : extended(capture);
}

/** Who is asked, a Slack user or null where nobody knows them; and how long an analyst may have it run, from its start. */
export interface Asked {
  readonly person: string | null;
  readonly longest: Millis;
  /** Whether only a second person may extend it: then `person` is one, and nobody else is called. */
  readonly second: boolean;
}

function question(capture: Capture, about: Millis, { person, longest, second }: Asked): View {
  const title = '⏳ Ends soon: go on?';
  // In both: which of them makes a phone ring is Slack's to choose.
  const mention = person === null ? '' : `<@${person}> `;
  const by = extensionOf(capture, about);
  const who: RichTextElement[] = person === null ? [] : [{ type: 'user', user_id: person }, said(' ')];
  const tooLong = about + by - capture.startedAt > longest;
  return {
    text: `${title} ${mention}${escaped(capture.description, 200)} (${capture.id}) ends ${slackDate(about)}`,
    blocks: [
      rows(
        [bold(title)],
        [...who, typed(capture.description, 200)],
        [said(`${capture.id} ends by itself at `), richDate(about)],
        [said(`Extend adds ${durationInWords(by)}: it goes on until `), richDate(about + by)],
        ...(second ? [bySecond(capture)] : tooLong ? [beyond(longest)] : []),
      ),
      second && person === null ? actions(stopAskedButton(capture, about)) : answersFor(capture, about),
    ],
  };
}

/** Told before the click is refused. */
function beyond(longest: Millis): Row {
  return [said(`Beyond ${durationInWords(longest)} from its start only a lead extends it`)];
}

/** The same where a second person has to. */
function bySecond(capture: Capture): Row {
  const { approvedBy } = capture;
  const why = approvedBy === null ? 'Beyond that it needs approval' : `It runs as ${approvedBy} approved it`;
  return [typed(`${why}: ${approversInWords(capture)} extends it`, 300)];
}

function extended({ id, limits: { deadline } }: Capture): View {
  const until: Row = deadline === null ? [] : [said(' until '), richDate(deadline)];
  return {
    text: `⏩ Extended: ${id} goes on${deadline === null ? '' : ` until ${slackDate(deadline)}`}`,
    blocks: [rows([bold(`⏩ Extended: ${id} goes on`), ...until])],
  };
}

function ended(capture: Capture): View {
  const { id, why, endedAt } = capture;
  const { emoji, words } = statusOf(capture);
  const at: Row = endedAt === null ? [] : [said(' at '), richDate(endedAt)];
  return {
    text: `${emoji} ${id}: ${words}${why === null ? '' : ` (${escaped(why, 300)})`}`,
    blocks: [rows([bold(`${emoji} ${id}: ${words}`), ...at], ...(why === null ? [] : [[typed(why, 300)]]))],
  };
}
