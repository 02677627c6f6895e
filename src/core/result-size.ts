import { ConceptError } from './errors.ts';

/** Images are in the blob store: a result that is larger than this holds something that does not belong there. */
export const MAX_RESULT_BYTES = 1_000_000;

export function isTooLarge(json: string): boolean {
  // A character takes up to three bytes: most results need no counting.
  return json.length * 3 > MAX_RESULT_BYTES && Buffer.byteLength(json) > MAX_RESULT_BYTES;
}

export function resultTooLarge(json: string): ConceptError {
  const message = `the result has ${Buffer.byteLength(json)} bytes as JSON, at most ${MAX_RESULT_BYTES} fit`;
  return new ConceptError('RESULT_TOO_LARGE', message, {
    hint: 'store large parts as files and name them in the result',
  });
}

/** @throws ConceptError RESULT_TOO_LARGE */
export function assertResultSize(json: string): void {
  if (isTooLarge(json)) throw resultTooLarge(json);
}
