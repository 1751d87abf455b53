/** A JSON object as it crosses the wire: nothing is known of it until it is looked at. */
export type Wire = Record<string, unknown>;

/** A Block Kit block as stored: checked by blocks/check.ts before it gets here. */
export type Block = { type: string; block_id?: string; [key: string]: unknown };

/** Whether a value is a JSON object (not null, not an array). */
export function isWire(value: unknown): value is Wire {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The string under a key, or undefined where there is none or it is something else. */
export function textIn(wire: unknown, key: string): string | undefined {
  const value = isWire(wire) ? wire[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The object under a key, or an empty one. */
export function objectIn(wire: unknown, key: string): Wire {
  const value = isWire(wire) ? wire[key] : undefined;
  return isWire(value) ? value : {};
}

/** The objects in the list under a key; whatever is not an object is left out. */
export function objectsIn(wire: unknown, key: string): Wire[] {
  const value = isWire(wire) ? wire[key] : undefined;
  return Array.isArray(value) ? value.filter(isWire) : [];
}

/** The strings in the list under a key; whatever is not a string is left out. */
export function textsIn(wire: unknown, key: string): string[] {
  const value = isWire(wire) ? wire[key] : undefined;
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
