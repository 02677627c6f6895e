import { checkByteLimit, checkDimensions } from './check-limits.ts';
import { CONTENT_TYPE_OF_FORMAT, type ImageFormat } from './image-format.ts';
import { sharp } from './image-library.ts';
import { ofLibraryError } from './library-error.ts';
import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from './limits.ts';
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
  const { width, height, pages, space } = await readMetadata(bytes, limits);
  checkDimensions(width, height, limits);
  return { format, contentType: CONTENT_TYPE_OF_FORMAT[format], width, height, pages, space };
}

type Metadata = Pick<ImageHeader, 'width' | 'height' | 'pages' | 'space'>;

async function readMetadata(bytes: Uint8Array, limits: ImageLimits): Promise<Metadata> {
  try {
    const { autoOrient, pages = 1, space } = await sharp(bytes, { limitInputPixels: limits.maxPixels }).metadata();
    return { width: autoOrient.width, height: autoOrient.height, pages, space: String(space) };
  } catch (thrown) {
    throw ofLibraryError(thrown, limits);
  }
}
