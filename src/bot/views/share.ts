import type { Selection } from '../../capture/orders.ts';
import { line, said } from './text.ts';
import { actions, context, plain, rows, type View } from './view.ts';

/** The action_id of the button that shows everybody what one person was shown. */
export const shareId = 'capture_share';

/** A button's value has 2000 characters. */
const longest = 1_500;

/** What was shown, to be looked up anew when it is shared. */
export type Shared =
  | { readonly verb: 'show'; readonly id: string }
  | { readonly verb: 'list'; readonly selection: Selection };

/** A view that its reader may share; one whose words are too long for a button is as it was. */
export function shareable(view: View, shared: Shared): View {
  const share = JSON.stringify(shared);
  return share.length > longest ? view : { ...view, share };
}

/** What a button Share carries, read back. */
export function sharedIn(value: string): Shared {
  return JSON.parse(value) as Shared;
}

/** An answer that one person sees, with its button. */
export function withShare(view: View): View {
  const { share, ...rest } = view;
  if (share === undefined) return rest;
  const button = { type: 'button', action_id: shareId, value: share, text: plain('Share', 75) } as const;
  return { ...rest, blocks: [...rest.blocks, actions(button)] };
}

/** The same for everybody, under the name of who shared it. */
export function sharedView({ text, blocks }: View, by: string): View {
  return { text, blocks: [...blocks, context(plain(`Shared by ${line(by, 80)}`))] };
}

/** To whoever shares the same answer a second time. */
export function sharedAlreadyView(): View {
  const words = 'This was shared already: it stands in the channel. For how things are now, ask anew and share that.';
  return { text: words, blocks: [rows([said(words)])] };
}
