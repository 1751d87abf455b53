import type { Door, Verb } from './command.ts';
import type { Form } from './form.ts';
import { commandName, formsAt, grammar, optionsOf } from './grammar.ts';

const screen = 24;
/** Lines of the overview besides verbs and examples. */
const linesAround = 5;

/**
 * One screen of help (24 lines of 80 columns at most), made from the grammar: all verbs, or all about one.
 * @param topic null for all verbs
 */
export function helpText(topic: Verb | null, door: Door): string {
  return (topic === null ? overview(door) : aboutVerb(grammar[topic], door)).join('\n');
}

function overview(door: Door): string[] {
  const name = commandName(door);
  const forms = formsAt(door);
  const copied = forms.filter(({ options, tail }) => options.length > 0 || tail === 'ID' || tail === 'DATE');
  // The commonest come first in the grammar; the rest of the screen is theirs.
  const examples = copied.slice(0, screen - forms.length - linesAround);
  return [
    `${name}: packet captures with a reason, found again, searched in the past`,
    ...forms.map((form) => `  ${form.verb.padEnd(8)}${form.says}`),
    '',
    'To copy:',
    ...examples.map((form) => `  ${name} ${copiedExample(form)}`),
    '',
    `${name} help VERB shows its options. The original's flags work: -ra, -lf, -m`,
  ];
}

function copiedExample(form: Form): string {
  return form.tail === 'EXPRESSION' ? form.examples[0] : (form.examples.at(-1) ?? form.examples[0]);
}

function aboutVerb(form: Form, door: Door): string[] {
  const name = commandName(door);
  const tail = form.tail === null ? '' : ` [${form.tail}]`;
  return [
    `${name} ${form.verb}${form.options.length > 0 ? ' [OPTIONS]' : ''}${tail}`,
    form.says,
    '',
    ...optionsOf(form).map(({ name: long, letter, value, says }) => {
      const spelling = `${letter === null ? '   ' : `-${letter},`} --${long}${value === null ? '' : ` ${value}`}`;
      return `  ${spelling.padEnd(29)}${says}`;
    }),
    '',
    'To copy:',
    ...form.examples.map((example) => `  ${name} ${example}`),
    ...(form.tail === 'EXPRESSION' ? ['', 'Without -e, the words that belong to no option are the expression.'] : []),
  ];
}
