import { ConceptError } from '../core/errors.ts';
import { tooManyPixels } from './check-limits.ts';
import type { ImageLimits } from '../core/image-limits.ts';

/** Translates what the image library throws on a bad input. Damage is permanent: the same bytes never get better. */
export function ofLibraryError(thrown: unknown, limits: ImageLimits): ConceptError {
  if (ConceptError.isInstance(thrown)) return thrown;
  const detail = firstLine(thrown instanceof Error ? thrown.message : String(thrown));
  if (/pixel limit/i.test(detail)) {
    return tooManyPixels(`the image is over the limit of ${limits.maxPixels / 1e6} megapixels`, thrown);
  }
  return new ConceptError('IMAGE_UNREADABLE', `the image is damaged or incomplete (${detail})`, {
    cause: thrown,
    hint: 'export the image again and send the new file',
  });
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim();
}
