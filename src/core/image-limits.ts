/** What an image from outside may cost before it is refused. */
export interface ImageLimits {
  /** Encoded size in bytes. */
  readonly maxBytes: number;
  /** Width times height as the header declares it: what decoding would allocate. */
  readonly maxPixels: number;
  /** Shortest and longest side in pixels. */
  readonly minSide: number;
  readonly maxSide: number;
  /** Larger images are reduced to fit a square of this side before any work is done on them. */
  readonly maxWorkingSide: number;
}

/** 50 MP is 150 to 200 MB decoded: above any camera's everyday picture, below what endangers a worker. */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = {
  maxBytes: 20_000_000,
  maxPixels: 50_000_000,
  minSide: 16,
  maxSide: 12_000,
  maxWorkingSide: 2048,
};
