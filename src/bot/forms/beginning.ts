import { likely } from '../../command/alert/expression.ts';
import { indicatorsIn, primitive } from '../../command/alert/indicators.ts';
import type { Draft } from '../../command/draft.ts';
import { noFields } from '../../command/fields.ts';
import { forgivePhone } from '../../command/phone.ts';
import type { FormState, Place } from '../views/form-state.ts';
import { mostOptions } from '../views/inputs.ts';
import { line } from '../views/text.ts';

/** A form for an order that lacks something. */
export function formFor(draft: Draft, place: Place): FormState {
  const written = draft.options.expression !== undefined;
  return { draft, way: written ? { way: 'written' } : { way: 'fields', fields: noFields }, more: false, place };
}

const longestReason = 120;

/** A form for a live capture of what an alert names; the alert's first line says why. */
export function formFromAlert(text: string, place: Place): FormState {
  const first = forgivePhone(text)
    .split('\n')
    .map((each) => line(each, longestReason))
    .find((each) => each !== '');
  const draft: Draft = { verb: 'start', options: first === undefined ? {} : { description: first } };
  const indicators = indicatorsIn(text).slice(0, mostOptions);
  if (indicators.length === 0) return formFor(draft, place);
  const offers = indicators.map((indicator) => ({
    primitive: primitive(indicator),
    says: indicator.kind === 'port' ? `port ${indicator.value}` : `${indicator.value} · ${indicator.reach}`,
  }));
  return { draft, way: { way: 'picked', offers, picked: likely(indicators).map(primitive) }, more: false, place };
}
