import { randomUUID } from 'node:crypto';
import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { memoryQueue } from '../../src/adapters/queues/memory.ts';
import { memoryStore } from '../../src/adapters/stores/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { httpImageFetcher } from '../../src/adapters/fetchers/http.ts';
import type { Task, TaskError } from '../../src/core/task.ts';
import { inspectImage } from '../../src/imaging/inspect-image.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ImageInspector } from '../../src/ports/image-inspector.ts';
import type { CreditCosts } from '../../src/ports/store.ts';
import type { ClaimedTask } from '../../src/ports/task-leases.ts';
import { createClient } from '../../src/sdk/client.ts';
import { conceptFor } from '../contracts/fixtures.ts';

/** A client over memory adapters, with the parts in reach. */
export function memoryClient(
  options: {
    readonly onlyUserId?: string;
    readonly credits?: CreditCosts;
    readonly clock?: Clock;
    readonly imageInspector?: ImageInspector;
  } = {},
) {
  const { clock = systemClock } = options;
  const store = memoryStore({ clock, credits: options.credits });
  const queue = memoryQueue({ clock });
  const blobs = memoryBlobs({ clock });
  const fetcher = httpImageFetcher({});
  const client = createClient({
    store,
    queue,
    blobs,
    clock,
    imageInspector: options.imageInspector ?? { inspect: (bytes) => inspectImage(bytes) },
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

type Parts = ReturnType<typeof memoryClient>;

export const failure: TaskError = { code: 'PROVIDER_FAILED', message: 'the provider is down', retryable: true };

/** Takes the next tasks as a worker would. */
export async function claim({ store }: Parts, limit = 1): Promise<readonly ClaimedTask[]> {
  const workerId = randomUUID();
  await store.workers.register({ id: workerId, kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
  return store.leases.claim({ workerId, limit });
}

/** Works the next task to its end; its images are stored as a worker would. */
export async function complete(parts: Parts): Promise<Task> {
  const [claimed] = await claim(parts);
  if (!claimed) throw new Error('nothing to claim');
  const concept = conceptFor(claimed.task, new Date(parts.clock.now()).toISOString());
  for (const { path, bytes } of [concept.image, ...concept.variations.map(({ image }) => image)]) {
    await parts.blobs.put(path, new Uint8Array(bytes));
  }
  await parts.store.leases.complete({ lease: claimed.lease, result: { concept, partial: false } });
  return parts.client.tasks.get(claimed.task.id);
}

export async function fail(parts: Parts, limit = 1, error: TaskError = failure): Promise<void> {
  for (const { lease } of await claim(parts, limit)) await parts.store.leases.fail({ lease, error, retryAt: null });
}
