import type { Door, Verb } from './command.ts';
import type { Form } from './form.ts';
import { commandName, formsAt, grammar, optionsOf } from './grammar.ts';

const screen = 24;
/** Lines of the overview besides verbs and examples. */
const linesAround: Readonly<Record<Door, number>> = { shell: 6, slack: 7 };
/** Verbs that the overview says a line about; the commonest come first in the grammar. */
const explained = 10;

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
  const examples = copied.slice(0, screen - explained - linesAround[door]);
  const others = forms.slice(explained).map(({ verb }) => verb);
  return [
    `${name}: packet captures with a reason, found again, searched in the past`,
    ...forms.slice(0, explained).map((form) => `  ${form.verb.padEnd(9)}${form.says}`),
    `  also     ${others.join(' ')}`,
    '',
    'To copy:',
    ...examples.map((form) => `  ${name} ${copiedExample(form, door)}`),
    '',
    `${name} help VERB shows how. The original's flags work: -ra, -lf, -m`,
    ...(door === 'slack' ? ['In a thread: @capture VERB; no ID in that of a capture. To me alone: VERB'] : []),
  ];
}

function copiedExample(form: Form, door: Door): string {
  return examplesAt(form, door)[0] ?? form.examples[0];
}

/** Those that have no option of another door. */
function examplesAt(form: Form, door: Door): string[] {
  const others = form.options.filter(({ doors }) => doors !== undefined && !doors.includes(door));
  return form.examples.filter((example) => !others.some(({ name }) => example.includes(`--${name}`)));
}

function aboutVerb(form: Form, door: Door): string[] {
  const name = commandName(door);
  return [
    `${name} ${form.verb} ${form.usage}`.trimEnd(),
    form.says,
    '',
    ...optionsOf(form, door).map(({ name: long, letter, value, says }) => {
      const spelling = `${letter === null ? '   ' : `-${letter},`} --${long}${value === null ? '' : ` ${value}`}`;
      return `  ${spelling.padEnd(29)}${says}`;
    }),
    '',
    'To copy:',
    ...examplesAt(form, door).map((example) => `  ${name} ${example}`),
    ...notesOn(form, door).map((line, at) => (at === 0 ? `\n${line}` : line)),
  ];
}

/** What the options do not say, a line of the screen each. */
function notesOn(form: Form, door: Door): string[] {
  if (form.tail === 'EXPRESSION') {
    return door === 'slack'
      ? ['Words that belong to no option are the expression; a form asks for the rest.']
      : ['Words that belong to no option are the expression. --json prints JSON.'];
  }
  return [
    ...notesOnTail(form, door),
    ...(door === 'shell' ? ['--json prints one JSON document instead of lines.'] : []),
  ];
}

function notesOnTail({ verb, tail }: Form, door: Door): string[] {
  if (verb === 'approve') return ['A lead may, who neither asked for it nor is to own it.', ...notesOnApproval(door)];
  if (verb === 'deny') {
    return [
      'A lead may; who asked for it, or is to own it, takes it back.',
      'Words behind the id are the reason: kept in the audit log, told to who asked.',
      ...notesOnApproval(door),
    ];
  }
  if (verb === 'stop') {
    const asked = door === 'shell' ? ['On a terminal they are shown first, and you are asked.'] : [];
    return ['A word stops every capture that it is in, of those that you may stop.', ...asked];
  }
  if (tail !== 'ID') return [];
  const inScripts = 'Scripts find the id in what capture start --json and capture list --json print.';
  return ['A word will do for the ID where one capture alone has it.', ...(door === 'shell' ? [inScripts] : [])];
}

function notesOnApproval(door: Door): string[] {
  const expiry = 'What nobody answers expires (approval.for of the configuration; 30m).';
  const here =
    door === 'shell'
      ? 'A start or both that waits for a second person ends with exit code 75.'
      : 'No id is needed in the thread of a request; alone it lists, with buttons.';
  return [here, expiry];
}
