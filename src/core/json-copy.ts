/**
 * A copy of a value as it will be read again from its JSON text. Of an object with nothing but texts, numbers, booleans and nulls
 * the copy is the same without reading the text, at a tenth of the cost.
 * @param json what `JSON.stringify` makes of the value.
 */
export function jsonCopy<T extends object>(value: T, json: string): T {
  return isFlat(value) ? { ...value } : (JSON.parse(json) as T);
}

function isFlat(value: object): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) {
    if (!isUnchanged((value as Readonly<Record<string, unknown>>)[key])) return false;
  }
  return true;
}

/** Whether JSON gives back the very same. */
function isUnchanged(field: unknown): boolean {
  if (typeof field === 'number') return Number.isFinite(field) && !Object.is(field, -0);
  return typeof field === 'string' || typeof field === 'boolean' || field === null;
}
