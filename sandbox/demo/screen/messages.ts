import { type Ephemeral, isEphemeral, type Message } from '../../workspace/messages.ts';
import { plainText } from '../../workspace/text.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Buttons } from './buttons.ts';
import { type Line, line } from './screen.ts';

/** What messages are shown with: the names of people and channels, and the numbers of buttons. */
export type Shown = { workspace: Workspace; buttons: Buttons };

/** A message or an ephemeral as it stands, below a line that says whose it is and where; a thread's replies stand further in. */
export function wholeLines(message: Message | Ephemeral, { workspace, buttons }: Shown): Line[] {
  const text = plainText({ ...message, blocks: buttons.numbered(message) }, workspace.nameOf);
  return [headOf(message, workspace), ...body(text.split('\n'), message)];
}

/** What an edit changed: the headline, so that it is known what changed, and the lines that were not there before. */
export function changedLines(message: Message | Ephemeral, { workspace, buttons }: Shown): Line[] {
  const before = message.edits.at(-1);
  const shown = linesOf(plainText({ ...message, blocks: buttons.numbered(message) }, workspace.nameOf));
  const plain = linesOf(plainText(message, workspace.nameOf));
  const old = new Set(before === undefined ? [] : linesOf(plainText(before, workspace.nameOf)));
  const changed = shown.filter((_, at) => at === 0 || !old.has(plain[at] ?? ''));
  return [headOf(message, workspace, 'edited'), ...body(changed, message)];
}

/** One line about a message elsewhere. */
export function shortLine(message: Message, { workspace }: Pick<Shown, 'workspace'>): Line {
  const first = plainText(message, workspace.nameOf).split('\n')[0] ?? '';
  return line(`${placeOf(message, workspace)} ${workspace.nameOf(message.user)}: ${first}`, 'quiet');
}

function headOf(message: Message | Ephemeral, workspace: Workspace, edited?: 'edited'): Line {
  const ephemeral = isEphemeral(message);
  const author = ephemeral ? (message.from === 'slack' ? 'Slackbot' : 'capture') : workspace.nameOf(message.user);
  const notes = [
    timeOf(edited ? (message.edits.at(-1)?.at ?? 0) : Number(message.ts) * 1_000),
    ...(message.threadTs === undefined ? [] : ['in the thread']),
    ...(edited ? ['(edited)'] : []),
    ...(ephemeral ? ['only you see this'] : []),
  ];
  return line(`${indentOf(message)}${placeOf(message, workspace)} ${author} ${notes.join(' · ')}`, 'quiet');
}

function body(lines: readonly string[], message: Message | Ephemeral): Line[] {
  return lines.map((words) => line(`${indentOf(message)}  ${words}`));
}

function indentOf({ threadTs }: Message | Ephemeral): string {
  return threadTs === undefined ? '' : '    ';
}

function placeOf({ channel }: Message | Ephemeral, { nameOf, state }: Workspace): string {
  return state.channels.get(channel)?.kind === 'dm' ? 'dm' : `#${nameOf(channel)}`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

function linesOf(text: string): string[] {
  return text.split('\n');
}
