import { likely } from '../../command/alert/expression.ts';
import { indicatorsIn, primitive } from '../../command/alert/indicators.ts';
import { namesIn } from '../../command/alert/names.ts';
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
/** Names that are told; the rest is counted. */
const mostNames = 5;
const longestName = 60;

/** A form for a live capture of what an alert names; the alert's first line says why. */
export function formFromAlert(text: string, place: Place): FormState {
  const first = forgivePhone(text)
    .split('\n')
    .map((each) => line(each, longestReason))
    .find((each) => each !== '');
  const draft: Draft = { verb: 'start', options: first === undefined ? {} : { description: first } };
  const indicators = indicatorsIn(text).slice(0, mostOptions);
  const names = namesIn(text);
  const also = names.length === 0 ? {} : { leftOut: namesLeftOut(names) };
  if (indicators.length === 0) return { ...formFor(draft, place), ...also };
  const offers = indicators.map((indicator) => ({
    primitive: primitive(indicator),
    says: indicator.kind === 'port' ? `port ${indicator.value}` : `${indicator.value} · ${indicator.reach}`,
  }));
  return {
    draft,
    way: { way: 'picked', offers, picked: likely(indicators).map(primitive) },
    more: false,
    place,
    ...also,
  };
}

function namesLeftOut(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((name) => line(name, longestName));
  const more = names.length > mostNames ? [`${names.length - mostNames} more`] : [];
  return `Left out: ${[...shown, ...more].join(', ')}. Host names are not looked up, since that would tell DNS what you hunt: add their addresses where you know them.`;
}
