import sharp from 'sharp';
import { throwIfAborted } from '../core/abort.ts';
import { ConceptError } from '../core/errors.ts';
import { isInvisible, normaliseAlpha } from './alpha.ts';
import type { ImageFormat } from './image-format.ts';
import { type ImageHeader, inspectImage } from './inspect-image.ts';
import { ofLibraryError } from './library-error.ts';
import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from '../core/image-limits.ts';
import type { Raster } from './raster.ts';
import { isSingleColour } from './single-colour.ts';
import { finishInSlices } from './sliced-work.ts';

export interface DecodeOptions {
  /** Default: {@link DEFAULT_IMAGE_LIMITS}. */
  readonly limits?: ImageLimits | undefined;
  /** Looked at before decoding and from then on; a decode under way is not interrupted. */
  readonly signal?: AbortSignal | undefined;
}

export interface DecodedImage {
  /** Upright, sRGB, at most `maxWorkingSide` on its longer side; 4 channels only when transparency is used. */
  readonly raster: Raster;
  readonly format: ImageFormat;
  readonly contentType: string;
  /** Pixels before reduction to the working size. */
  readonly width: number;
  readonly height: number;
  /** What was changed or left out, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Decodes an untrusted image into plain pixels.
 * @throws IMAGE_TOO_LARGE; IMAGE_UNSUPPORTED (also when fully transparent or of one colour); IMAGE_UNREADABLE; ABORTED
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedImage> {
  const { limits = DEFAULT_IMAGE_LIMITS, signal } = options;
  throwIfAborted(signal);
  const header = await inspectImage(bytes, limits);
  const decoded = await decodePixels(bytes, limits);
  if (await finishInSlices(isInvisible(decoded), signal))
    throw withoutContent('every pixel of the image is transparent');
  const raster = await finishInSlices(normaliseAlpha(decoded), signal);
  if (await finishInSlices(isSingleColour(raster), signal))
    throw withoutContent('the image has a single colour all over');
  const { format, contentType, width, height } = header;
  return { raster, format, contentType, width, height, warnings: warningsOf(header, raster) };
}

/** The embedded colour profile is applied (it decides what the numbers mean) and then left out. */
async function decodePixels(bytes: Uint8Array, { maxPixels, maxWorkingSide }: ImageLimits): Promise<Raster> {
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'warning' })
      .autoOrient()
      .resize({ width: maxWorkingSide, height: maxWorkingSide, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels !== 3 && channels !== 4) throw new Error(`unexpected number of channels: ${channels}`);
    return { data, width, height, channels };
  } catch (thrown) {
    throw ofLibraryError(thrown, { ...DEFAULT_IMAGE_LIMITS, maxPixels });
  }
}

function warningsOf({ pages, width, height, space }: ImageHeader, raster: Raster): string[] {
  const warnings: string[] = [];
  if (pages > 1) warnings.push(`The image is animated: only the first of its ${pages} frames is used.`);
  if (space === 'cmyk') warnings.push('The image is meant for print (CMYK): its colours were converted to sRGB.');
  if (raster.width !== width) {
    warnings.push(`The image was reduced from ${width} x ${height} to ${raster.width} x ${raster.height} pixels.`);
  }
  return warnings;
}

function withoutContent(message: string): ConceptError {
  return new ConceptError('IMAGE_UNSUPPORTED', message, { hint: 'use an image that shows something' });
}
