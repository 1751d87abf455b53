import { isWire, type Wire } from '../wire.ts';

/** Says what is wrong with a value found at a JSON pointer; an empty list where nothing is. */
export type Check = (value: unknown, at: string) => string[];

/** One mistake in Slack's words: `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
export function mistake(what: string, at: string): string {
  return `${what} [json-pointer:${at}]`;
}

/** A string of `least` to `most` characters. */
export function words(most: number, least = 1): Check {
  return (value, at) => {
    if (typeof value !== 'string') return [mistake('must be a string', at)];
    if (value.length > most) return [mistake(`must be less than ${most + 1} characters`, at)];
    if (value.length < least) return [mistake(`must be more than ${least - 1} characters`, at)];
    return [];
  };
}

/** A string of a given form, such as a date. */
export function matching(form: RegExp, what: string): Check {
  return (value, at) => (typeof value === 'string' && form.test(value) ? [] : [mistake(what, at)]);
}

/** true or false. */
export const flag: Check = (value, at) => (typeof value === 'boolean' ? [] : [mistake('must be a boolean', at)]);

/** A whole number within bounds. */
export function whole(least: number, most: number): Check {
  return (value, at) => {
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
    return fits ? [] : [mistake(`must be an integer from ${least} to ${most}`, at)];
  };
}

/** One of these strings or numbers. */
export function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value, at) => (allowed.some((each) => each === value) ? [] : [mistake('must be a valid enum value', at)]);
}

/** A list of `least` to `most` things that each pass. */
export function listOf(check: Check, most: number, least = 1): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return [mistake('must be an array', at)];
    if (value.length > most) return [mistake(`no more than ${most} items allowed`, at)];
    if (value.length < least) return [mistake(`no fewer than ${least} item${least === 1 ? '' : 's'} allowed`, at)];
    return value.flatMap((each, index) => check(each, `${at}/${index}`));
  };
}

/** An object with exactly these keys: what is required must be there, and nothing else may be. */
export function shape(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value, at) => {
    if (!isWire(value)) return [mistake('must be an object', at)];
    const missing = Object.keys(required).filter((key) => value[key] === undefined);
    return [
      ...missing.map((key) => mistake(`missing required field: ${key}`, at)),
      ...Object.entries(value).flatMap(([key, inner]) => {
        const check = required[key] ?? optional[key];
        if (inner === undefined) return [];
        return check ? check(inner, `${at}/${key}`) : [mistake(`no more than the documented keys allowed: ${key}`, at)];
      }),
    ];
  };
}

/** An object whose `type` chooses among shapes; `type` itself needs no check in them. */
export function byType(shapes: Record<string, Check>): Check {
  return (value, at) => {
    if (!isWire(value)) return [mistake('must be an object', at)];
    if (value.type === undefined) return [mistake('missing required field: type', at)];
    const check = Object.hasOwn(shapes, String(value.type)) ? shapes[String(value.type)] : undefined;
    if (!check) return [mistake(`unsupported type: ${String(value.type)}`, `${at}/type`)];
    const { type: _type, ...rest } = value;
    return check(rest, at);
  };
}

/** Both checks, and an extra rule that only makes sense on an object. */
export function withRule(check: Check, rule: (value: Wire, at: string) => string[]): Check {
  return (value, at) => [...check(value, at), ...(isWire(value) ? rule(value, at) : [])];
}
