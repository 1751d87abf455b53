import type { Command } from '../../command/command.ts';
import { printCommand } from '../../command/print.ts';
import { line } from './text.ts';
import { context, plain, type View } from './view.ts';

/**
 * The view with a last grey line that says how the command was understood, in words that can be typed again; none where the verb
 * stands alone and says it all.
 * @param name what it begins with where it was said
 */
export function echoed(view: View, command: Command, name = '/capture '): View {
  const printed = printCommand(command);
  if (!printed.includes(' ')) return view;
  return { ...view, blocks: [...view.blocks, context(plain(`Understood as: ${name}${line(printed, 900)}`))] };
}
