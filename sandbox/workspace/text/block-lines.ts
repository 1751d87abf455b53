import { isWire, objectIn, objectsIn, textIn, type Wire } from '../wire.ts';
import { elementText } from './element-text.ts';
import { mrkdwnText, type Names, textObject } from './mrkdwn.ts';
import { richLines } from './rich-lines.ts';
import { tableLines } from './table-lines.ts';

export type { Names } from './mrkdwn.ts';

const STATUS: Readonly<Record<string, string>> = { pending: '○', in_progress: '◐', complete: '✓', error: '✗' };

/** The lines that one block shows. A kind unknown here shows its name, so that nothing vanishes unseen. */
export function blockLines(block: Wire, names: Names): string[] {
  switch (block.type) {
    case 'section':
      return sectionLines(block, names);
    case 'header':
      return [`# ${textObject(block.text, names)}`];
    case 'divider':
      return ['────────'];
    case 'context':
      return [
        objectsIn(block, 'elements')
          .map((each) => contextText(each, names))
          .join('  '),
      ];
    case 'actions':
      return [
        objectsIn(block, 'elements')
          .map((each) => elementText(each, names))
          .join(' '),
      ];
    case 'input':
      return inputLines(block, names);
    case 'image':
      return [`[image: ${textIn(objectIn(block, 'title'), 'text') ?? String(block.alt_text)}]`];
    case 'rich_text':
      return richLines(block, names);
    case 'markdown':
      return String(block.text).split('\n');
    case 'table':
      return tableLines(block, names);
    case 'task_card':
      return taskLines(block, names);
    case 'plan':
      return [String(block.title), ...objectsIn(block, 'tasks').flatMap((task) => indented(taskLines(task, names)))];
    case 'alert':
      return [`! ${textObject(block.text, names)}`];
    default:
      return [`[${String(block.type)}]`];
  }
}

function sectionLines(section: Wire, names: Names): string[] {
  const lines = textObject(section.text, names).split('\n');
  const beside = isWire(section.accessory) ? elementText(section.accessory, names) : '';
  const first = [lines[0], beside].filter(Boolean).join(' ');
  const fields = objectsIn(section, 'fields').map((field) => textObject(field, names).replaceAll('\n', ' '));
  return [...(first === '' ? [] : [first]), ...lines.slice(1), ...fields];
}

function contextText(element: Wire, names: Names): string {
  return element.type === 'image' ? `[${String(element.alt_text)}]` : textObject(element, names);
}

function inputLines(input: Wire, names: Names): string[] {
  const hint = textObject(input.hint, names);
  const optional = input.optional === true ? ' (optional)' : '';
  const line = `${textObject(input.label, names)}${optional}: ${elementText(objectIn(input, 'element'), names)}`;
  return hint === '' ? [line] : [line, `  ${hint}`];
}

function taskLines(task: Wire, names: Names): string[] {
  const parts = [task.details, task.output].filter(isWire).flatMap((part) => richLines(part, names));
  const sources = objectsIn(task, 'sources').map((source) => mrkdwnText(String(source.text), names));
  return [`${STATUS[String(task.status)] ?? '?'} ${String(task.title)}`, ...indented([...parts, ...sources])];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
