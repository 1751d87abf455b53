import type { Capture, Millis } from '../../capture/capture.ts';
import type { Started } from '../../capture/orders.ts';
import { counted } from '../../reports/figures.ts';
import { result } from './numbers.ts';
import { headlineText, statusOf } from './status.ts';
import { bold, code, escaped, richDate, said, slackDate, typed } from './text.ts';
import { bulleted, type Row, rows, type View } from './view.ts';

/** To the person who started a capture: that it runs, under which name, and what they should know about it. */
export function startedView({ capture, warnings }: Started): View {
  const text = `Started ${capture.id}: ${escaped(capture.savefile, 255)}`;
  const view: View = { text, blocks: [rows([bold(`Started ${capture.id}`)], [code(capture.savefile, 255)])] };
  if (warnings.length === 0) return view;
  const warned = warningsView(capture, warnings);
  return { text: `${text}. ${warned.text}`, blocks: [...view.blocks, ...warned.blocks] };
}

/** What the analyst should know about a capture that runs: in its thread, and to whoever started it. */
export function warningsView(capture: Pick<Capture, 'id'>, warnings: readonly string[]): View {
  const title = `⚠️ ${counted(warnings.length, 'warning')} about ${capture.id}`;
  return {
    text: `${title}: ${escaped(warnings.join(' '), 1000)}`,
    blocks: [bulleted([bold(title)], warnings, 10, (warning) => [typed(warning, 500)])],
  };
}

/** To the person who stopped captures: each with its counts. */
export function stoppedView(captures: readonly Capture[]): View {
  if (captures.length === 0)
    return { text: 'Nothing to stop.', blocks: [rows([said('Nothing runs that you may stop.')])] };
  const title = captures.length === 1 ? 'Stopped' : `Stopped ${captures.length} captures`;
  return {
    text: `${title}: ${captures
      .map((capture) => capture.id)
      .join(', ')
      .slice(0, 500)}`,
    blocks: [bulleted([bold(title)], captures, 25, stoppedRow)],
  };
}

/** To somebody who pressed a button on a capture that had ended by then. */
export function endedAlreadyView(capture: Capture): View {
  const { emoji, words } = statusOf(capture);
  const why: Row = capture.why === null ? [] : [said(': '), typed(capture.why, 300)];
  const at: Row = capture.endedAt === null ? [] : [said(' at '), richDate(capture.endedAt)];
  return {
    text: `${capture.id} has ended already${capture.endedAt === null ? '' : ` at ${slackDate(capture.endedAt)}`}. ${headlineText(capture)}`,
    blocks: [rows([bold(`${capture.id} has ended already`), ...at], [said(`${emoji} ${words}`), ...why])],
  };
}

/** To somebody who answered a question, or clicked on a deadline, that had been moved by then: what they asked for was not done. */
export function extendedAlreadyView({ id, limits: { deadline } }: Capture, asked: 'stopped' | 'extended'): View {
  const not = asked === 'stopped' ? 'Nothing was stopped' : 'Nothing was added';
  return goesOn(`${not}: ${id} was extended already`, deadline);
}

/** To the person whose click extended a capture. */
export function extendedView({ id, limits: { deadline } }: Capture): View {
  return goesOn(`${id} is extended`, deadline);
}

function goesOn(what: string, deadline: Millis | null): View {
  const until: Row =
    deadline === null ? [said(': it has no deadline')] : [said(': it goes on until '), richDate(deadline)];
  const spoken = deadline === null ? 'it has no deadline' : `it goes on until ${slackDate(deadline)}`;
  return { text: `${what}: ${spoken}`, blocks: [rows([bold(what), ...until])] };
}

/** To somebody whose order worked in a channel where the bot cannot speak. */
export function inviteView(capture: Capture): View {
  const words = `${capture.id} runs, but I am not in this channel and cannot show it here.`;
  return {
    text: `${words} Type /invite @capture`,
    blocks: [rows([said(words)], [said('To see it here: '), code('/invite @capture', 40)])],
  };
}

function stoppedRow(capture: Capture): Row {
  const { emoji, words } = statusOf(capture);
  return [bold(`${emoji} ${capture.id} `), typed(capture.description, 100), said(` · ${words} · ${result(capture)}`)];
}

/** To somebody who sent a form that was carried out already. */
export function sentAlreadyView(): View {
  const words =
    'This form was sent already, and is not carried out a second time: /capture list shows what came of it. Where it shows nothing, open the form anew.';
  return { text: words, blocks: [rows([said(words)])] };
}
