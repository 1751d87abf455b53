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
  const about = (message: Message) => new RegExp(`\\b${id}\\b`).test(plainText(message, workspace.nameOf));
  const found = messages.findLast(id === undefined ? (message) => repliesTo(message).length > 0 : about);
  if (!found) return [line(id === undefined ? 'No message here has a thread.' : `No message here is about ${id}.`)];
  return [found, ...repliesTo(found)].flatMap((message) => wholeLines(message, seat.shown));
}
