import { ApiFailure, argumentFailure } from '../failure.ts';
import { post } from '../messages.ts';
import { spokenBlocks } from '../spoken.ts';
import type { State } from '../state.ts';
import { fileWire, type StoredFile } from '../stored-files.ts';
import { objectsIn, textIn, type Wire } from '../wire.ts';
import { forBot, type Method } from './method.ts';
import { knownChannel, writableChannel } from './reach.ts';

const write = ['files:write'];

/** files.*: the upload in three steps, of which the second is a plain POST to the address that the first one gave. */
export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': forBot(write, ({ state, base }, args) => {
    const name = textIn(args, 'filename');
    const size = Number(args.length);
    if (name === undefined || !(size > 0)) {
      throw argumentFailure('invalid_arguments', ['missing required field: filename or length']);
    }
    const altText = textIn(args, 'alt_text') ?? textIn(args, 'alt_txt');
    const id = state.newId('F');
    state.files.set(id, { id, name, title: name, size, completed: false, ...(altText !== undefined && { altText }) });
    return { upload_url: `${base()}/upload/v1/${id}`, file_id: id };
  }),

  'files.completeUploadExternal': forBot(write, ({ state }, args) => {
    const asked = objectsIn(args, 'files');
    if (asked.length === 0) throw argumentFailure('invalid_arguments', ['missing required field: files']);
    const files = asked.map((each) => uploaded(state, each));
    const place = textIn(args, 'channel_id') ?? textIn(args, 'channels');
    const channel = place === undefined ? undefined : writableChannel(state, knownChannel(state, { channel: place }));
    const blocks = spokenBlocks(state, args.blocks);
    for (const [index, file] of files.entries()) complete(state, file, asked[index], channel?.id);
    if (channel) {
      const threadTs = textIn(args, 'thread_ts');
      const text = textIn(args, 'initial_comment') ?? '';
      const shared = { channel: channel.id, text, blocks, files: files.map(({ id }) => id) };
      post(state, { ...shared, ...(threadTs !== undefined && { threadTs }) });
    }
    return { files: files.map(fileWire) };
  }),
};

function uploaded(state: State, asked: Wire): StoredFile {
  const file = state.files.get(textIn(asked, 'id') ?? '');
  if (!file || file.completed) throw new ApiFailure('file_not_found');
  if (!file.bytes) throw new ApiFailure('file_update_failed');
  return file;
}

function complete(state: State, file: StoredFile, asked: Wire | undefined, channel: string | undefined): void {
  file.title = textIn(asked, 'title') ?? file.title;
  file.completed = true;
  if (channel !== undefined) file.channel = channel;
  state.announce({ kind: 'file', file });
}
