import type { Message } from '../../workspace/messages.ts';
import { plainText } from '../../workspace/text.ts';
import { wholeLines } from '../screen/messages.ts';
import { type Line, line } from '../screen/screen.ts';
import type { Seat } from '../seat.ts';
import type { Stage } from '../stage.ts';

/** How many of a channel's messages are shown to somebody who comes to it. */
const latest = 3;

/** What somebody sees who opens a channel: its latest messages. */
export function channelLines(seat: Seat, { workspace }: Stage): Line[] {
  const messages = workspace.messagesIn(seat.channel);
  if (messages.length === 0) return [line('Nothing was written here yet.', 'quiet')];
  const older = messages.length - latest;
  return [
    ...(older > 0 ? [line(`${older} older`, 'quiet')] : []),
    ...messages.slice(-latest).flatMap((message) => wholeLines(message, seat.shown)),
  ];
}

/** A message of the channel with its thread: the capture's of that id, or the last one that has a thread. */
export function threadLines(id: string | undefined, seat: Seat, { workspace }: Stage): Line[] {
  const messages = workspace.messagesIn(seat.channel);
  const repliesTo = (message: Message) => workspace.threadOf(seat.channel, message.ts);
  const found =
    id === undefined
      ? messages.findLast((message) => repliesTo(message).length > 0)
      : messageAbout(id, seat, { workspace });
  if (!found) return [line(id === undefined ? 'No message here has a thread.' : `No message here is about ${id}.`)];
  return [found, ...repliesTo(found)].flatMap((message) => wholeLines(message, seat.shown));
}

/** The app's newest message in the channel that names a capture; undefined where none does. */
export function messageAbout(
  id: string,
  { channel }: Seat,
  { workspace }: Pick<Stage, 'workspace'>,
): Message | undefined {
  const names = new RegExp(`\\b${id}\\b`);
  return workspace
    .messagesIn(channel)
    .findLast((message) => message.botId !== undefined && names.test(plainText(message, workspace.nameOf)));
}
