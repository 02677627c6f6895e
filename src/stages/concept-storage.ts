import { type Settled, settleBounded } from '../core/concurrently.ts';
import type { StoredImage } from '../core/concept.ts';
import type { StageOptions } from './stage.ts';

/** Uploads under way at the same time: enough to hide latency, few enough for a small connection. */
const STORES_AT_ONCE = 4;

/** Stores the images of variations, each on its own: one that fails leaves the others alone. `store` writes one. */
export function storeVariations(
  images: readonly Uint8Array[],
  { store }: { readonly store: (bytes: Uint8Array, options: StageOptions, index: number) => Promise<StoredImage> },
  { signal, onProgress }: StageOptions,
): Promise<ReadonlyArray<Settled<StoredImage>>> {
  let done = 0;
  return settleBounded(images, STORES_AT_ONCE, signal, async (bytes, index, stepSignal) => {
    const image = await store(bytes, { signal: stepSignal }, index);
    onProgress?.(++done / images.length);
    return image;
  });
}
