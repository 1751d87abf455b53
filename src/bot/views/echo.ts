import type { Command } from '../../command/command.ts';
import { printCommand } from '../../command/print.ts';
import { line } from './text.ts';
import { context, plain, type View } from './view.ts';

/**
 * The view with a last grey line that says how the command was understood, in words that can be typed again; none where the verb
 * stands alone and says it all.
 */
export function echoed(view: View, command: Command): View {
  const printed = printCommand(command);
  if (!printed.includes(' ')) return view;
  return { ...view, blocks: [...view.blocks, context(plain(`Understood as: /capture ${line(printed, 900)}`))] };
}
