import { type Block, isWire, objectIn, objectsIn, textIn, type Wire } from './wire.ts';

/** What a person fills in, by action_id or block_id: words, the value of an option, a list of them, or null for nothing. */
export type ViewValues = Record<string, string | number | readonly string[] | null>;

/** The elements that hold a value, each with its block. */
export function inputsIn(blocks: readonly Block[]): { block: Block; element: Wire; actionId: string }[] {
  return blocks.flatMap((block) =>
    [block.element, block.accessory, ...objectsIn(block, block.type === 'actions' ? 'elements' : '')]
      .filter(isWire)
      .filter((element) => typeof element.action_id === 'string' && keyOf(String(element.type)) !== undefined)
      .map((element) => ({ block, element, actionId: String(element.action_id) })),
  );
}

/** `state.values` as interaction payloads carry it: what was filled in over what the app put there. */
export function stateValues(blocks: readonly Block[], values: ViewValues): Wire {
  const byBlock: Record<string, Wire> = {};
  for (const { block, element, actionId } of inputsIn(blocks)) {
    const blockId = block.block_id ?? '';
    byBlock[blockId] = { ...byBlock[blockId], [actionId]: filled(element, valueFor(values, blockId, actionId)) };
  }
  return byBlock;
}

/** The element as filled in, in the shape of its action or state value. */
export function filled(element: Wire, value: ViewValues[string] | undefined): Wire {
  const type = String(element.type);
  const key = keyOf(type) ?? 'value';
  if (value === undefined) return { type, [key]: initialOf(element, key) };
  if (key === 'selected_option') return { type, [key]: optionIn(element, value) };
  if (key === 'selected_options') return { type, [key]: listed(value).map((each) => optionIn(element, each)) };
  if (key.endsWith('s')) return { type, [key]: listed(value) };
  if (key === 'selected_date_time') return { type, [key]: value === null ? null : Number(value) };
  if (key === 'rich_text_value') return { type, [key]: richText(String(value ?? '')) };
  return { type, [key]: value === null || value === '' ? null : String(value) };
}

/** Block by block, why the client would not let the person submit: nothing in a required input, too short, too long. */
export function submissionErrors(blocks: readonly Block[], values: ViewValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element, actionId } of inputsIn(blocks).filter((each) => each.block.type === 'input')) {
    const blockId = block.block_id ?? '';
    const state = filled(element, valueFor(values, blockId, actionId));
    const value = state[keyOf(String(element.type)) ?? 'value'];
    const empty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
    if (empty && block.optional !== true) errors[blockId] = 'Please complete this required field.';
    if (typeof value !== 'string') continue;
    const { min_length: min, max_length: max } = element;
    if (typeof min === 'number' && value.length < min) errors[blockId] = `Enter at least ${min} characters.`;
    if (typeof max === 'number' && value.length > max) errors[blockId] = `Enter no more than ${max} characters.`;
  }
  return errors;
}

/** What was filled in, by action_id or by block_id. */
export function valueFor(values: ViewValues, blockId: string, actionId: string): ViewValues[string] | undefined {
  return actionId in values ? values[actionId] : values[blockId];
}

function keyOf(type: string): string | undefined {
  if (type.endsWith('_text_input') || type === 'number_input') return 'value';
  if (type === 'rich_text_input') return 'rich_text_value';
  if (type === 'datepicker') return 'selected_date';
  if (type === 'timepicker') return 'selected_time';
  if (type === 'datetimepicker') return 'selected_date_time';
  if (type === 'checkboxes') return 'selected_options';
  if (type === 'static_select' || type === 'external_select' || type === 'radio_buttons') return 'selected_option';
  if (type === 'multi_static_select' || type === 'multi_external_select') return 'selected_options';
  const chosen = /^(multi_)?(user|conversation|channel)s_select$/.exec(type);
  return chosen ? `selected_${chosen[2]}${chosen[1] ? 's' : ''}` : undefined;
}

function initialOf(element: Wire, key: string): unknown {
  const initial =
    element[
      key === 'rich_text_value'
        ? 'initial_value'
        : key.replace('selected', 'initial').replace(/^value$/, 'initial_value')
    ];
  return initial ?? (key.endsWith('s') ? [] : null);
}

function optionIn(element: Wire, value: unknown): Wire | null {
  if (value === null) return null;
  const groups = objectsIn(element, 'option_groups').flatMap((group) => objectsIn(group, 'options'));
  const options = [...objectsIn(element, 'options'), ...groups];
  const option = options.find((each) => each.value === value || textIn(objectIn(each, 'text'), 'text') === value);
  if (!option) throw new Error(`there is no option ${JSON.stringify(value)} in ${String(element.action_id)}`);
  return option;
}

function listed(value: ViewValues[string]): readonly string[] {
  if (value === null) return [];
  return typeof value === 'object' ? value : [String(value)];
}

function richText(text: string): Wire {
  const section = { type: 'rich_text_section', elements: text === '' ? [] : [{ type: 'text', text }] };
  return { type: 'rich_text', elements: [section] };
}
