import { abortError } from '../../src/core/abort.ts';
import { httpImageFetcher } from '../../src/adapters/fetchers/http.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import type { Concept } from '../../src/core/concept.ts';
import { parseTaskInput } from '../../src/core/task-input.ts';
import type { Task } from '../../src/core/task.ts';
import type { BlobStore } from '../../src/ports/blob-store.ts';
import type { TaskLeases } from '../../src/ports/task-leases.ts';
import type { ProcessorDependencies } from '../../src/processors/processor.ts';
import { abortSlot, type AttemptSlot } from '../../src/processors/attempt-slot.ts';
import { processorRegistry } from '../../src/processors/registry.ts';
import { runTask, type RunTaskDependencies, type TaskRun } from '../../src/processors/run-task.ts';
import {
  fakeClock,
  memoryBlobs,
  memoryStore,
  scriptedImageProvider,
  scriptedPaletteProvider,
} from '../../src/testing/index.ts';

export const TASK_ID = '00000000-0000-7000-8000-000000000001';

export interface BenchOptions {
  readonly type?: 'generation' | 'refinement';
  /** Default: a generation with three palettes. */
  readonly input?: object;
  readonly maxAttempts?: number;
  readonly wrapLeases?: (leases: TaskLeases) => TaskLeases;
  readonly wrapBlobs?: (blobs: BlobStore) => BlobStore;
  readonly dependencies?: Partial<ProcessorDependencies>;
}

/** One task of a memory store, whose attempts a test makes one by one. */
export async function taskBench(options: BenchOptions = {}) {
  const { type = 'generation', maxAttempts = 3 } = options;
  const clock = fakeClock();
  const store = memoryStore({ clock });
  const bare = memoryBlobs();
  const images = scriptedImageProvider();
  const palettes = scriptedPaletteProvider();
  const dependencies: RunTaskDependencies = {
    images,
    palettes,
    blobs: options.wrapBlobs?.(bare) ?? bare,
    concepts: store.concepts,
    imageFetcher: httpImageFetcher({}),
    imageLimits: DEFAULT_IMAGE_LIMITS,
    clock,
    leases: options.wrapLeases?.(store.leases) ?? store.leases,
    processors: processorRegistry(),
    ...options.dependencies,
  };
  const draft = options.input ?? { logoDescription: 'a fox', themeDescription: 'night', numPalettes: 3 };
  const input = parseTaskInput(type, draft);
  await store.tasks.submit({ id: TASK_ID, userId: 'u1', type, input, priority: 0, maxAttempts, inputHash: 'hash' });
  await store.workers.register({ id: 'w1', kind: 'worker', host: 'h', pid: 1, types: null }, 1e9);

  /** The next attempt, when its time has come. */
  const attempt = async (signal = new AbortController().signal, workerId = 'w1'): Promise<TaskRun> => {
    clock.advance(120_000);
    const [claimed] = await store.leases.claim({ workerId, limit: 1 });
    if (!claimed) throw new Error('the task is not due');
    const slot: AttemptSlot = {};
    const stop = (): void => abortSlot(slot, abortError(signal));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    return runTask(claimed, dependencies, { slot, onProcessed: () => undefined, keepTrying: false });
  };
  const task = async (): Promise<Task> => (await store.tasks.get(TASK_ID))!;
  const concept = async (): Promise<Concept> => (await store.concepts.get(TASK_ID))!;
  /** Events of the task as `type stage`. */
  const events = async (): Promise<string[]> =>
    (await store.events.list({ taskId: TASK_ID })).map(({ type: kind, data }) => `${kind} ${String(data['stage'])}`);
  return { store, dependencies, blobs: bare, clock, images, palettes, attempt, task, concept, events };
}

/** Blobs whose n-th `put` (from 1, over all attempts) fails with what `failureOf` gives for it. */
export function failingPuts(failureOf: (count: number) => unknown): (blobs: BlobStore) => BlobStore {
  let count = 0;
  return (blobs) => ({
    ...blobs,
    put: async (path, bytes, options) => {
      const failure = failureOf(++count);
      if (failure !== undefined) throw failure;
      return blobs.put(path, bytes, options);
    },
  });
}
