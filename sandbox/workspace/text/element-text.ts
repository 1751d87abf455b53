import { filled } from '../view-values.ts';
import { isWire, objectIn, objectsIn, textIn, type Wire } from '../wire.ts';
import { type Names, textObject } from './mrkdwn.ts';

/** An element as read: a button `[Stop]`, a menu `[⋯ Share | Delete]`, a field by what stands in it. */
export function elementText(element: Wire, names: Names): string {
  if (element.type === 'button') return `[${textObject(element.text, names)}]`;
  if (element.type === 'image') return `[image: ${String(element.alt_text)}]`;
  const options = objectsIn(element, 'options').map((option) => textObject(option.text, names));
  if (element.type === 'overflow') return `[⋯ ${options.join(' | ')}]`;
  const values = Object.entries(filled(element, undefined)).filter(([key]) => key !== 'type');
  const chosen = values.flatMap(([, value]) => chosenText(value, names));
  if (chosen.length > 0) return `[${chosen.join(', ')}]`;
  const placeholder = textObject(objectIn(element, 'placeholder'), names);
  return `[${placeholder === '' ? options.join(' | ') : placeholder}]`;
}

function chosenText(value: unknown, names: Names): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((each) => chosenText(each, names));
  if (isWire(value)) return [textObject(value.text, names) || (textIn(value, 'value') ?? '')];
  return [String(value)];
}
