import type { ViewOutput } from '@slack/bolt';
import { type Draft, type DraftVerb, draftLine, isDraftVerb } from '../../command/draft.ts';
import { type Fields, noFields } from '../../command/fields.ts';
import type { OptionName } from '../../command/form.ts';
import { plainText } from '../../command/phone.ts';
import { isoTime } from '../../command/time.ts';
import { type FormState, meantBy, type Offer, type Place, type Way } from '../views/form-state.ts';
import { formAction } from '../views/inputs.ts';

/** What stands in a view besides what its fields show. */
interface Kept extends Place {
  readonly way: Way['way'];
  readonly more: boolean;
  readonly options: Draft['options'];
  readonly leftOut?: string;
}

const asDraftOptions = [
  'description',
  'expression',
  'interface',
  'for',
  'max-size',
  'packets',
  'ring',
  'case',
  'since',
  'until',
] as const satisfies readonly OptionName[];

/** A form as a person has filled it in so far, out of the view that Slack sends with each click and submission. */
export function readForm(view: Pick<ViewOutput, 'state' | 'private_metadata' | 'blocks'>): FormState {
  // Slack gives back what we gave it, unchanged: nobody else can write it.
  const {
    channel,
    responseUrl,
    thread = null,
    way,
    more,
    options,
    leftOut,
  } = JSON.parse(view.private_metadata) as Kept;
  const filled = asDraftOptions.flatMap((name) => {
    const value = textIn(view, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const draft = { verb: verbOf(view), options: withoutEmpty({ ...options, ...Object.fromEntries(filled) }) };
  const form = { draft, way: wayOf(view, way), more, place: { channel, responseUrl, thread } };
  return leftOut === undefined ? form : { ...form, leftOut };
}

/** What a form orders as it stands, and the words for it in the audit log. */
export function orderedBy(form: FormState): { readonly draft: Draft; readonly words: string } {
  const meant = meantBy(form);
  const expression = 'expression' in meant ? meant.expression : '';
  const draft = { verb: form.draft.verb, options: { ...form.draft.options, expression } };
  return { draft, words: `/capture ${draftLine(draft)}` };
}

/** The channel that a person chose in a form that asks for it. */
export function chosenChannel({ state }: Pick<ViewOutput, 'state'>): string | null {
  return state.values.channel?.[`${formAction}channel`]?.selected_conversation ?? null;
}

type Filled = Pick<ViewOutput, 'state'>;

/** What stands in a field, `''` for nothing; undefined where there is no such field. */
function textIn({ state }: Filled, id: string): string | undefined {
  const value = state.values[id]?.[`${formAction}${id}`];
  if (value === undefined) return undefined;
  if (value.type === 'datetimepicker')
    return typeof value.selected_date_time === 'number' ? isoTime(value.selected_date_time * 1e6) : '';
  return plainText(value.value ?? value.selected_option?.value ?? '').trim();
}

function withoutEmpty(options: Draft['options']): Draft['options'] {
  const takesNone: readonly string[] = ['keep', 'exact'];
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== '' || takesNone.includes(name)),
  );
}

function verbOf(view: Filled): DraftVerb {
  const verb = textIn(view, 'verb') ?? '';
  return isDraftVerb(verb) ? verb : 'start';
}

function wayOf(view: Pick<ViewOutput, 'state' | 'blocks'>, way: Way['way']): Way {
  switch (way) {
    case 'written':
      return { way };
    case 'fields':
      return { way, fields: fieldsOf(view) };
    case 'picked': {
      const chosen = view.state.values.picked?.[`${formAction}picked`]?.selected_options ?? [];
      return { way, offers: offersIn(view.blocks), picked: chosen.map(({ value }) => value) };
    }
    default:
      return way satisfies never;
  }
}

function fieldsOf(view: Filled): Fields {
  const protocol = (['tcp', 'udp', 'icmp'] as const).find((each) => each === textIn(view, 'protocol'));
  const direction = (['from', 'to'] as const).find((each) => each === textIn(view, 'direction'));
  return {
    address: textIn(view, 'address') ?? '',
    port: textIn(view, 'port') ?? '',
    protocol: protocol ?? noFields.protocol,
    direction: direction ?? noFields.direction,
  };
}

function offersIn(blocks: ViewOutput['blocks']): Offer[] {
  return blocks.flatMap((block) => {
    if (block.block_id !== 'picked' || !('element' in block) || !('options' in block.element)) return [];
    return (block.element.options ?? []).map(({ value, text }) => ({ primitive: value ?? '', says: text.text }));
  });
}
