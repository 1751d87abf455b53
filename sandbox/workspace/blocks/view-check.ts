import { isWire } from '../wire.ts';
import { blockErrors, type CheckOptions } from './check.ts';
import { plain } from './composition.ts';
import { type Check, flag, mistake, oneOf, shape, words } from './shape.ts';

const anyBlocks: Check = (value, at) => (Array.isArray(value) ? [] : [mistake('must be an array', at)]);
const shared = { private_metadata: words(3000, 0), callback_id: words(255, 0), external_id: words(255, 0) };

const modal = shape(
  { type: oneOf('modal'), title: plain(24), blocks: anyBlocks },
  { ...shared, submit: plain(24), close: plain(24), clear_on_close: flag, notify_on_close: flag },
);
const home = shape({ type: oneOf('home'), blocks: anyBlocks }, shared);

/** What Slack would refuse in a modal or Home view, as blockErrors says it; an empty list where it takes the view. */
export function viewErrors(view: unknown, type: 'modal' | 'home', { newBlocks = true }: CheckOptions = {}): string[] {
  if (!isWire(view)) return [mistake('must be an object', '/view')];
  const check = type === 'modal' ? modal : home;
  return [
    ...check(view, '/view'),
    ...(Array.isArray(view.blocks) ? blockErrors(view.blocks, type, { newBlocks, at: '/view/blocks' }) : []),
    ...(type === 'modal' && hasInput(view.blocks) && view.submit === undefined
      ? [mistake('missing required field: submit, where a view has an input block', '/view')]
      : []),
  ];
}

function hasInput(blocks: unknown): boolean {
  return Array.isArray(blocks) && blocks.some((block) => isWire(block) && block.type === 'input');
}
