import { expressionOf } from '../../command/alert/expression.ts';
import type { Draft } from '../../command/draft.ts';
import { type Fields, type Meant, readFields } from '../../command/fields.ts';

/** An indicator that can be chosen: as the expression has it, and as a person reads it. */
export interface Offer {
  readonly primitive: string;
  readonly says: string;
}

/** How a form asks for the expression: as it is written, by simple fields, or by what an alert names. */
export type Way =
  | { readonly way: 'written' }
  | { readonly way: 'fields'; readonly fields: Fields }
  | { readonly way: 'picked'; readonly offers: readonly Offer[]; readonly picked: readonly string[] };

/** Where the order is given, as the command or shortcut that opened the form said; null is asked for. */
export interface Place {
  readonly channel: string | null;
  readonly responseUrl: string | null;
  /** The thread of the channel that the answer belongs to. */
  readonly thread?: string | null;
}

/** A form as it stands on somebody's screen: an order to capture that is being written. */
export interface FormState {
  readonly draft: Draft;
  readonly way: Way;
  /** Whether what is seldom needed is shown, too. */
  readonly more: boolean;
  readonly place: Place;
  /** What of an alert is not offered, and why, in words. */
  readonly leftOut?: string;
}

/** The expression of a form as it stands. */
export function meantBy({ draft, way }: Pick<FormState, 'draft' | 'way'>): Meant {
  switch (way.way) {
    case 'written':
      return { expression: draft.options.expression ?? '' };
    case 'fields':
      return readFields(way.fields);
    case 'picked':
      return { expression: expressionOf(way.picked) };
    default:
      return way satisfies never;
  }
}
