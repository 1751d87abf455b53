import { filled, type ViewValues } from '../view-values.ts';
import { type Block, isWire, objectIn, objectsIn, textIn, type Wire } from '../wire.ts';

/** The element with this action_id, of several buttons the one with this value, and the action that using it sends; undefined where there is none. */
export function pressed(
  blocks: readonly Block[],
  actionId: string,
  value: ViewValues[string] | undefined,
  actionTs: string,
): Wire | undefined {
  for (const block of blocks) {
    const parts = [block.accessory, block.element, ...objectsIn(block, 'elements')].filter(isWire);
    const element = parts.find((each) => each.action_id === actionId && isMeant(each, value));
    if (!element) continue;
    const named = { action_id: actionId, block_id: block.block_id, action_ts: actionTs };
    return { ...named, ...used(element, value) };
  }
  return undefined;
}

/** A list has the same button once for each of its things. */
function isMeant(element: Wire, value: ViewValues[string] | undefined): boolean {
  return element.type !== 'button' || value === undefined || element.value === value;
}

function used(element: Wire, value: ViewValues[string] | undefined): Wire {
  if (element.type === 'button') {
    const press = { type: 'button', text: element.text };
    return { ...press, ...(element.value !== undefined && { value: element.value }) };
  }
  if (element.type === 'overflow') {
    const options = objectsIn(element, 'options');
    const option = options.find((each) => each.value === value || textIn(objectIn(each, 'text'), 'text') === value);
    if (!option) throw new Error(`the menu ${String(element.action_id)} has no ${JSON.stringify(value)}`);
    return { type: 'overflow', selected_option: option };
  }
  return filled(element, value);
}
