import type { Draft } from '../../command/draft.ts';
import { actions, plain, type View } from './view.ts';

/** The action_id of the button that opens the form for what was typed. */
export const fillInId = 'capture_fill_in';

/** Slack's limit for what a button carries. */
const longest = 2_000;

/** What is missing from an order, with a button that opens the form for it; none where the button cannot carry what was typed. */
export function fillInView(missing: View, draft: Draft): View {
  const value = JSON.stringify(draft);
  if (value.length > longest) return missing;
  const button = { type: 'button', action_id: fillInId, value, style: 'primary', text: plain('Fill in', 75) } as const;
  return { ...missing, blocks: [...missing.blocks, actions(button)] };
}

/** What the button carries, read back. */
export function draftIn(value: string): Draft {
  return JSON.parse(value) as Draft;
}
