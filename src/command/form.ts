import type { Door, Verb } from './command.ts';

export type OptionName =
  | 'description'
  | 'expression'
  | 'interface'
  | 'snaplen'
  | 'for'
  | 'max-size'
  | 'packets'
  | 'keep'
  | 'exact'
  | 'join'
  | 'case'
  | 'analyst'
  | 'since'
  | 'until'
  | 'ring'
  | 'hosts'
  | 'yes'
  | 'selector'
  | 'all'
  | 'verbose'
  | 'last'
  | 'hash'
  | 'head'
  | 'rebuild'
  | 'help';

/** An option of a verb: `--description TEXT`, `-d TEXT`, `description=TEXT`. */
export interface Option {
  readonly name: OptionName;
  readonly letter: string | null;
  /** What its value is, as help writes it; null takes none. */
  readonly value: string | null;
  readonly says: string;
  /** Where it is known; everywhere that its verb is, where it is left out. */
  readonly doors?: readonly Door[];
}

/** All that one verb takes: the parser and the help text both read it, so that they cannot differ. */
export interface Form {
  readonly verb: Verb;
  readonly says: string;
  /** What it needs and takes, as help writes it: what stands in brackets may be left out. */
  readonly usage: string;
  /** What words without an option are. */
  readonly tail: 'EXPRESSION' | 'SELECTOR' | 'ID' | 'PIN' | 'REQUEST' | 'DATE' | 'VERB' | 'verify' | null;
  readonly options: readonly Option[];
  readonly doors: readonly Door[];
  /** Lines to copy, without the door's own name. */
  readonly examples: readonly [string, ...string[]];
}

/** An option of a form; `value` as help writes it, null where it takes none. */
export function option(name: OptionName, letter: string | null, value: string | null, says: string): Option {
  return { name, letter, value, says };
}
