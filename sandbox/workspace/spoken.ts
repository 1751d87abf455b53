import { blockErrors } from './blocks/check.ts';
import { ApiFailure, argumentFailure } from './failure.ts';
import type { State } from './state.ts';
import { type Block, isWire } from './wire.ts';

/** Most characters of text that the blocks of one message may hold in all: seen by an app, in no document (bolt-js issue 2509). */
const MOST_IN_BLOCKS = 13_200;

/** The blocks of a message, checked. Throws `invalid_blocks_format`, `invalid_blocks` or `msg_blocks_too_long`. */
export function spokenBlocks(state: State, blocks: unknown): Block[] {
  if (blocks === undefined) return [];
  if (!Array.isArray(blocks)) throw new ApiFailure('invalid_blocks_format');
  const errors = blockErrors(blocks, 'message', { newBlocks: state.newBlocks });
  if (errors.length > 0) throw argumentFailure('invalid_blocks', errors);
  if (charactersIn(blocks) > MOST_IN_BLOCKS) throw new ApiFailure('msg_blocks_too_long');
  return blocks;
}

function charactersIn(part: unknown): number {
  if (Array.isArray(part)) return part.reduce((sum: number, each) => sum + charactersIn(each), 0);
  if (!isWire(part)) return 0;
  const own = typeof part.text === 'string' ? part.text.length : 0;
  return Object.values(part).reduce((sum: number, each) => sum + charactersIn(each), own);
}
