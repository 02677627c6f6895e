import sharp from 'sharp';
import { ConceptError } from '../core/errors.ts';
import { checkByteLimit, checkDimensions } from './check-limits.ts';
import { CONTENT_TYPE_OF_FORMAT, type ImageFormat } from './image-format.ts';
import { ofLibraryError } from './library-error.ts';
import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from '../core/image-limits.ts';
import { sniffFormat } from './sniff-format.ts';

export interface ImageHeader {
  readonly format: ImageFormat;
  readonly contentType: string;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** Frames of an animation; 1 for a still image. */
  readonly pages: number;
  /** Colour space as stored, for example `srgb`, `cmyk` or `b-w`. */
  readonly space: string;
}

/**
 * Reads the header of an untrusted image, without decoding its pixels: size first, then magic bytes, then dimensions.
 * @throws IMAGE_TOO_LARGE, IMAGE_UNSUPPORTED, IMAGE_UNREADABLE
 */
export async function inspectImage(
  bytes: Uint8Array,
  limits: ImageLimits = DEFAULT_IMAGE_LIMITS,
): Promise<ImageHeader> {
  checkByteLimit(bytes.byteLength, limits);
  const format = sniffFormat(bytes);
  const { width, height, pages, space, loader } = await readMetadata(bytes, limits);
  // The library has loaders that untrusted bytes must never reach (SVG, TIFF, …): it has to agree with the magic bytes.
  if (loader !== LOADER_OF_FORMAT[format]) throw mislabelled(format, loader);
  checkDimensions(width, height, limits);
  return { format, contentType: CONTENT_TYPE_OF_FORMAT[format], width, height, pages, space };
}

/** What the library calls the decoder of each format. */
const LOADER_OF_FORMAT: Readonly<Record<ImageFormat, string>> = {
  png: 'png',
  jpeg: 'jpeg',
  webp: 'webp',
  avif: 'heif',
  gif: 'gif',
};

function mislabelled(format: ImageFormat, loader: string): ConceptError {
  return new ConceptError('IMAGE_UNREADABLE', `the image begins like ${format} but reads as ${loader}`, {
    hint: 'export the image again and send the new file',
  });
}

type Metadata = Pick<ImageHeader, 'width' | 'height' | 'pages' | 'space'> & { readonly loader: string };

async function readMetadata(bytes: Uint8Array, limits: ImageLimits): Promise<Metadata> {
  try {
    const metadata = await sharp(bytes, { limitInputPixels: limits.maxPixels }).metadata();
    const { autoOrient, pages = 1, space, format: loader } = metadata;
    return { width: autoOrient.width, height: autoOrient.height, pages, space: String(space), loader };
  } catch (thrown) {
    throw ofLibraryError(thrown, limits);
  }
}
