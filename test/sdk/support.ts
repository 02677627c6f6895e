import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { memoryQueue } from '../../src/adapters/queues/memory.ts';
import { memoryStore } from '../../src/adapters/stores/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { httpImageFetcher } from '../../src/adapters/fetchers/http.ts';
import { inspectImage } from '../../src/imaging/inspect-image.ts';
import type { CreditCosts } from '../../src/ports/store.ts';
import { createClient } from '../../src/sdk/client.ts';

/** A client over memory adapters, with the parts in reach. */
export function memoryClient(options: { readonly onlyUserId?: string; readonly credits?: CreditCosts } = {}) {
  const clock = systemClock;
  const store = memoryStore({ clock, credits: options.credits });
  const queue = memoryQueue({ clock });
  const blobs = memoryBlobs();
  const fetcher = httpImageFetcher({});
  const client = createClient({
    store,
    queue,
    blobs,
    clock,
    imageInspector: { inspect: (bytes) => inspectImage(bytes) },
    checkImageUrl: async (url) => fetcher.check(url),
    defaultUserId: options.onlyUserId ?? 'local',
    onlyUserId: options.onlyUserId,
    maxAttempts: () => 3,
    supportedTypes: ['generation', 'refinement'],
  });
  return { client, store, queue, blobs, clock };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
