/** The formats that are decoded. */
export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'avif' | 'gif';

export const CONTENT_TYPE_OF_FORMAT: Readonly<Record<ImageFormat, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
};
