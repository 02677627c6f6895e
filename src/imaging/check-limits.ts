import { ConceptError } from '../core/errors.ts';
import type { ImageLimits } from '../core/image-limits.ts';

/** @throws IMAGE_TOO_LARGE when the encoded image is over the byte limit. */
export function checkByteLimit(byteLength: number, { maxBytes }: ImageLimits): void {
  if (byteLength <= maxBytes) return;
  const [size, limit] = [byteLength, maxBytes].map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`);
  throw new ConceptError('IMAGE_TOO_LARGE', `the image has ${size}, the limit is ${limit}`, {
    hint: 'compress it or reduce its size, then try again',
  });
}

/** @throws IMAGE_TOO_LARGE or, for one with hardly any pixels, IMAGE_UNSUPPORTED. */
export function checkDimensions(width: number, height: number, limits: ImageLimits): void {
  const size = `${width} x ${height} pixels`;
  if (Math.max(width, height) > limits.maxSide) {
    throw tooManyPixels(`the image has ${size}, the longest side allowed is ${limits.maxSide}`);
  }
  if (width * height > limits.maxPixels) {
    throw tooManyPixels(`the image has ${size}, the limit is ${limits.maxPixels / 1e6} megapixels`);
  }
  if (Math.min(width, height) < limits.minSide) {
    throw new ConceptError(
      'IMAGE_UNSUPPORTED',
      `the image has ${size}, the shortest side allowed is ${limits.minSide}`,
      {
        hint: 'use a larger image',
      },
    );
  }
}

/** For images that the library already refuses to open for their size. */
export function tooManyPixels(message: string, cause?: unknown): ConceptError {
  return new ConceptError('IMAGE_TOO_LARGE', message, { cause, hint: 'reduce its width and height, then try again' });
}
