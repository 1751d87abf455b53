import type { Ephemeral, Message } from './messages.ts';
import type { State } from './state.ts';
import { fileWire } from './stored-files.ts';
import type { Wire } from './wire.ts';

/** A message as conversations.history, events and interaction payloads carry it. */
export function messageWire(state: State, message: Message | Ephemeral): Wire {
  const common = { type: 'message', user: message.user, text: message.text, ts: message.ts, team: state.team.id };
  const blocks = message.blocks.length > 0 ? { blocks: message.blocks } : {};
  if ('from' in message) return { ...common, ...blocks, ...thread(message) };
  const files = message.files.flatMap((id) => state.files.get(id) ?? []);
  const replies = repliesTo(state, message);
  return {
    ...common,
    ...blocks,
    ...thread(message),
    ...(message.botId !== undefined && { bot_id: message.botId, app_id: state.app.id }),
    ...(message.broadcast && { subtype: 'thread_broadcast' }),
    ...(message.metadata && { metadata: message.metadata }),
    ...(files.length > 0 && { files: files.map(fileWire) }),
    ...(message.edits.length > 0 && {
      edited: { user: message.user, ts: `${Math.floor(message.edits.at(-1)?.at ?? 0) / 1000}` },
    }),
    ...(replies.length > 0 && { thread_ts: message.ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts }),
  };
}

/** The replies in a message's thread that have not been deleted, oldest first. */
export function repliesTo(state: State, parent: { channel: string; ts: string }): Message[] {
  return state.messages.filter(
    (each) => each.channel === parent.channel && each.threadTs === parent.ts && each.ts !== parent.ts && !each.deleted,
  );
}

function thread(message: Message | Ephemeral): Wire {
  return message.threadTs === undefined ? {} : { thread_ts: message.threadTs };
}
