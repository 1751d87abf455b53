import type { State } from './state.ts';
import type { Block, Wire } from './wire.ts';

/** What a message said before an edit, newest last. */
export type Edit = { at: number; text: string; blocks: Block[] };

/** A message in a channel. A deleted one stays in the state, marked, so that its thread and its history may be read. */
export type Message = {
  channel: string;
  ts: string;
  user: string;
  botId?: string;
  text: string;
  blocks: Block[];
  threadTs?: string;
  broadcast: boolean;
  metadata?: Wire;
  files: string[];
  edits: Edit[];
  deleted: boolean;
};

/** What only one person sees, and where it came from; `slack` is Slack itself speaking (Slackbot). */
export type Ephemeral = {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks: Block[];
  threadTs?: string;
  from: 'postEphemeral' | 'response_url' | 'ack' | 'slack';
  edits: Edit[];
  deleted: boolean;
};

/** What a new message may say; `user` is the app's bot unless given. */
export type NewMessage = {
  channel: string;
  text: string;
  user?: string;
  blocks?: Block[];
  threadTs?: string;
  broadcast?: boolean;
  metadata?: Wire;
  files?: string[];
};

/** Posts a message. */
export function post(state: State, given: NewMessage): Message {
  const user = given.user ?? state.bot.userId;
  const botId = user === state.bot.userId ? state.bot.id : state.users.get(user)?.profile.bot_id;
  const message: Message = {
    channel: given.channel,
    ts: state.newTs(),
    user,
    ...(botId !== undefined && { botId }),
    text: given.text,
    blocks: withIds(state, given.blocks ?? []),
    ...(given.threadTs !== undefined && { threadTs: given.threadTs }),
    broadcast: given.broadcast ?? false,
    ...(given.metadata && { metadata: given.metadata }),
    files: given.files ?? [],
    edits: [],
    deleted: false,
  };
  state.messages.push(message);
  state.announce({ kind: 'posted', message });
  return message;
}

/** Shows something to one person. */
export function showOnly(
  state: State,
  given: Pick<Ephemeral, 'channel' | 'user' | 'text' | 'from'> & { blocks?: Block[]; threadTs?: string },
): Ephemeral {
  const { blocks = [], ...rest } = given;
  const ephemeral: Ephemeral = {
    ...rest,
    ts: state.newTs(),
    blocks: withIds(state, blocks),
    edits: [],
    deleted: false,
  };
  state.ephemerals.push(ephemeral);
  state.announce({ kind: 'ephemeral', ephemeral });
  return ephemeral;
}

/** Replaces what a message or an ephemeral says and keeps what it said before. */
export function rewrite(state: State, of: Message | Ephemeral, text: string, blocks: Block[], metadata?: Wire): void {
  of.edits.push({ at: state.clock.now(), text: of.text, blocks: of.blocks });
  of.text = text;
  of.blocks = withIds(state, blocks);
  if (!isEphemeral(of) && metadata) of.metadata = metadata;
  state.announce(isEphemeral(of) ? { kind: 'ephemeral_replaced', ephemeral: of } : { kind: 'edited', message: of });
}

/** Takes a message or an ephemeral out of sight. */
export function strike(state: State, what: Message | Ephemeral): void {
  what.deleted = true;
  state.announce(
    isEphemeral(what) ? { kind: 'ephemeral_deleted', ephemeral: what } : { kind: 'deleted', message: what },
  );
}

/** The message with this ts in this channel, unless it was deleted. */
export function messageAt(state: State, channel: string, ts: string): Message | undefined {
  return state.messages.find((each) => each.channel === channel && each.ts === ts && !each.deleted);
}

/** Whether a thing on the screen is seen by one person only. */
export function isEphemeral(what: Message | Ephemeral): what is Ephemeral {
  return 'from' in what;
}

/** Blocks with a block_id each, and an action_id on each element that can act: Slack makes up what is missing. */
export function withIds(state: State, blocks: readonly Block[]): Block[] {
  return blocks.map((block) => {
    const copy = structuredClone(block);
    copy.block_id ??= state.newId('b');
    const parts = [copy.accessory, copy.element, ...(Array.isArray(copy.elements) ? copy.elements : [])];
    for (const part of parts) if (canAct(part)) part.action_id ??= state.newId('a');
    return copy;
  });
}

function canAct(part: unknown): part is { type: string; action_id?: string } {
  if (typeof part !== 'object' || part === null || !('type' in part)) return false;
  return (
    !['image', 'plain_text', 'mrkdwn'].includes(String(part.type)) &&
    (part.type === 'rich_text_input' || !String(part.type).startsWith('rich_text_'))
  );
}
