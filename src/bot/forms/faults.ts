import { CaptureError } from '../../capture/errors.ts';
import type { Setting } from '../../command/command.ts';
import { type Draft, draftOptions, draftWords } from '../../command/draft.ts';
import { parseCommand } from '../../command/parse.ts';
import type { FormState } from '../views/form-state.ts';
import { line } from '../views/text.ts';

/** Sentences under the inputs that they are about, by block_id. */
export type Faults = Readonly<Record<string, string>>;

const longestFault = 600;

/** What of a draft cannot be read, option by option, as the same words typed would be told. */
export function faultsOf(draft: Draft, setting: Setting): Faults {
  const { description = '', expression = '' } = draft.options;
  const missing = {
    ...(description.trim() === '' && { description: 'A description is missing: why is it captured?' }),
    ...(expression.trim() === '' && {
      expression: 'An expression is missing: write host 192.0.2.7, or everything for all packets',
    }),
  };
  const apart = draftOptions(draft.verb).flatMap(({ name }) => {
    const value = draft.options[name];
    if (value === undefined || name === 'description' || name === 'expression') return [];
    const alone = { verb: draft.verb, options: { description: 'x', expression: 'x', [name]: value } };
    const why = whyNot(() => parseCommand(draftWords(alone), setting));
    return why === null ? [] : [[name, why] as const];
  });
  return { ...missing, ...Object.fromEntries(apart) };
}

/** The input that an engine's error is about; null where it is about none, or about one that the form does not show. */
export function faultOf(error: CaptureError, form: FormState, shown: readonly string[]): Faults | null {
  const block =
    error.code === 'bad_expression' ? 'expression' : named.find(([words]) => words.test(error.message))?.[1];
  const at = block === 'expression' ? expressionBlock(form) : block;
  return at !== undefined && shown.includes(at) ? { [at]: asInForm(error.message) } : null;
}

/** A block of a form as Slack sends it back. */
export interface Shown {
  readonly type: string;
  readonly block_id?: string;
}

/** What speaks against a form as a whole, under its first input: what was typed stays. Null where there is none, or it is a bug. */
export function faultAnywhere(error: unknown, blocks: readonly Shown[]): Faults | null {
  const at = blocks.find(({ type }) => type === 'input')?.block_id;
  return at === undefined || !(error instanceof CaptureError) ? null : { [at]: line(error.message, longestFault) };
}

/** Where a form asks for the expression. */
export function expressionBlock({ way }: FormState): string {
  return { written: 'expression', fields: 'address', picked: 'picked' }[way.way];
}

/** The engine's sentences name the key of the configuration, or what they are about. */
const named: readonly (readonly [RegExp, string])[] = [
  [/\(limits\.duration\)/, 'for'],
  [/\(limits\.size\)/, 'max-size'],
  [/^(?:a|the) description /, 'description'],
  [/ is not an interface of this sensor|^the interface /, 'interface'],
  [/^there is no ring /, 'ring'],
  [/^the window ends |^--since /, 'since'],
  [/in this channel|this channel is/, 'channel'],
];

/** What a command is told, without the options that a field stands for. */
function asInForm(message: string): string {
  const plainly = message
    .replaceAll(/--(?:for|max-size|packets|snaplen|since|until|interface|ring|case) (?=['\dA-Za-z])/g, '')
    .replaceAll('--since', 'From')
    .replaceAll('--until', 'Up to');
  return line(plainly, longestFault);
}

function whyNot(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof CaptureError) return asInForm(error.message);
    throw error;
  }
}
