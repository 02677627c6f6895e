import { ConceptError } from './errors.ts';

/** Images are in the blob store: a result that is larger than this holds something that does not belong there. */
export const MAX_RESULT_BYTES = 1_000_000;

/** @throws ConceptError RESULT_TOO_LARGE */
export function assertResultSize(json: string): void {
  // A character takes up to three bytes: most results need no counting.
  if (json.length * 3 <= MAX_RESULT_BYTES) return;
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_RESULT_BYTES) return;
  throw new ConceptError('RESULT_TOO_LARGE', `the result has ${bytes} bytes as JSON, at most ${MAX_RESULT_BYTES} fit`, {
    hint: 'store large parts as files and name them in the result',
  });
}
