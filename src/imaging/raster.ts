/** Decoded pixels: 8-bit sRGB, rows top to bottom without padding, straight (not premultiplied) alpha. */
export interface Raster {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}
