import { mapBounded } from '../core/concurrently.ts';
import type { Palette, StoredImage, Variation } from '../core/concept.ts';
import type { StageOptions } from './stage.ts';

export interface VariationToStore {
  readonly palette: Palette;
  readonly bytes: Uint8Array;
}

/** Uploads under way at the same time: enough to hide latency, few enough for a small connection. */
const STORES_AT_ONCE = 4;

/** Stores the variations; `store` writes one image. */
export function storeVariations(
  variations: readonly VariationToStore[],
  { store }: { readonly store: (bytes: Uint8Array, options: StageOptions) => Promise<StoredImage> },
  { signal }: StageOptions,
): Promise<readonly Variation[]> {
  return mapBounded(variations, STORES_AT_ONCE, signal, async ({ palette, bytes }, _index, stepSignal) => ({
    palette,
    image: await store(bytes, { signal: stepSignal }),
  }));
}
