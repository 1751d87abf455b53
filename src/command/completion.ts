import type { Form, Option } from './form.ts';
import { doorForms, formsAt, optionsOf } from './grammar.ts';
import { verbOf } from './original.ts';
import { quoteWord } from './words.ts';

type DoorOption = (typeof doorForms)[number];

/** The grammar as associative arrays of bash 4 and later, for `deploy/completion/program.bash`. */
export function bashTables(): string {
  const forms = formsAt('shell');
  return [
    ...bashTable('options', 'the words that a verb takes', forms.map(bashWords)),
    ...bashTable('kinds', 'what an option is followed by', [
      ...doorForms.flatMap(({ name, value }) => (value === null ? [] : [[`--${name}`, value] as const])),
      ...forms.flatMap(bashKinds),
    ]),
    ...bashTable('tails', 'what words without an option are', forms.flatMap(bashTail)),
    ...bashTable('originals', 'verbs by their flags in the original', Object.entries(verbOf)),
  ].join('\n');
}

/** The grammar as specs of `_arguments` and `_describe` (zshcompsys(1)), for `deploy/completion/program.zsh`. */
export function zshTables(): string {
  const forms = formsAt('shell');
  const described = forms.map(({ verb, says }) => `${verb}:${says}`);
  const doors = doorForms.flatMap((option) => zshOption({ ...option, letter: null }));
  const flags = Object.entries(verbOf).map(([flag, verb]) => `-${flag}[${zshText(`as ${verb}`)}]`);
  return [
    ...zshArray('verbs', described),
    ...zshArray('door', doors),
    ...zshArray('flags', flags),
    ...zshTable('originals', Object.entries(verbOf)),
    ...forms.flatMap((form) => zshArray(`takes_${form.verb}`, zshSpecs(form))),
  ].join('\n');
}

function bashWords(form: Form): readonly [string, string] {
  const spellings = optionsOf(form, 'shell').flatMap(({ letter, name }) => [
    ...(letter === null ? [] : [`-${letter}`]),
    `--${name}`,
  ]);
  return [form.verb, [...spellings, ...doorForms.map(({ name }) => `--${name}`)].join(' ')];
}

function bashKinds({ verb, options }: Form): (readonly [string, string])[] {
  return options.flatMap(({ letter, name, value }) => {
    if (value === null) return [];
    const long = [`${verb} --${name}`, value] as const;
    return letter === null ? [long] : [long, [`${verb} -${letter}`, value]];
  });
}

function bashTail({ verb, tail }: Form): (readonly [string, string])[] {
  return tail === null ? [] : [[verb, tail]];
}

function bashTable(name: string, says: string, entries: readonly (readonly [string, string])[]): string[] {
  const lines = entries.map(([key, value]) => `    [${quoteWord(key)}]=${quoteWord(value)}`);
  return [`  # ${name}: ${says}`, `  local -A ${name}=(`, ...lines, '  )'];
}

function zshSpecs(form: Form): string[] {
  const tail = form.tail === null ? [] : [`*:${form.tail}:${zshAction(form.tail)}`];
  return [...optionsOf(form, 'shell').flatMap(zshOption), ...tail];
}

function zshOption({ letter, name, value, says }: DoorOption & Pick<Option, 'letter'>): string[] {
  const value_ = value === null ? '' : `:${value}:${zshAction(value)}`;
  const excluded = letter === null ? '' : `(-${letter} --${name})`;
  const explained = `[${zshText(says)}]${value_}`;
  const long = `${excluded}--${name}${value === null ? '' : '='}${explained}`;
  return letter === null ? [long] : [`${excluded}-${letter}${explained}`, long];
}

/** A blank is an action that offers nothing: what an analyst writes, or what only the registry knows. In small letters it is the word itself. */
function zshAction(value: string): string {
  if (value === value.toLowerCase()) return `(${value})`;
  return { FILE: '_files', IFACE: '_net_interfaces', VERB: '_capture_verbs', verify: '(verify)' }[value] ?? ' ';
}

function zshText(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function zshArray(name: string, lines: readonly string[]): string[] {
  return [`  local -a ${name}=(`, ...lines.map((line) => `    ${quoteWord(line)}`), '  )'];
}

function zshTable(name: string, entries: readonly (readonly [string, string])[]): string[] {
  return [`  local -A ${name}=(`, ...entries.map(([key, value]) => `    ${quoteWord(key)} ${quoteWord(value)}`), '  )'];
}
