import { type Indicator, primitive } from './indicators.ts';
import { isOutside } from './reach.ts';

/**
 * The indicators that an analyst most likely wants of an alert: hosts and nets out there, since whoever attacks is seldom inside; where
 * there are none, those inside; ports only where there is nothing else, since a narrower capture misses what is not known yet.
 */
export function likely(indicators: readonly Indicator[]): Indicator[] {
  const addresses = indicators.filter((indicator) => indicator.kind !== 'port');
  const outside = addresses.filter(({ reach }) => isOutside(reach));
  const [best] = [outside, addresses, indicators].filter((some) => some.length > 0);
  return [...(best ?? [])];
}

/**
 * One expression for what was chosen, as `primitive` writes it: any of the hosts and nets and, where ports are among it, any of these
 * with them. Empty for nothing.
 */
export function expressionOf(primitives: readonly string[]): string {
  const ports = primitives.filter((one) => one.startsWith('port '));
  const addresses = primitives.filter((one) => !one.startsWith('port '));
  const both = addresses.length > 0 && ports.length > 0;
  return [addresses, ports].flatMap((some) => (some.length === 0 ? [] : [anyOf(some, both)])).join(' and ');
}

/** The expression for indicators. */
export function expressionFor(indicators: readonly Indicator[]): string {
  return expressionOf(indicators.map(primitive));
}

/** In brackets where more follows: `and` and `or` bind alike in pcap-filter(7). */
export function anyOf(some: readonly string[], bracketed: boolean): string {
  const joined = some.join(' or ');
  return bracketed && some.length > 1 ? `(${joined})` : joined;
}
