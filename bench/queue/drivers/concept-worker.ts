import { randomUUID } from 'node:crypto';
import type { SqliteBackend } from '../../../src/adapters/stores/sqlite.ts';
import type { ClaimedTask, TaskResult } from '../../../src/ports/task-leases.ts';
import { createBell } from '../../../src/worker/bell.ts';
import { signalSource } from '../../../src/worker/signal-source.ts';
import type { ClaimedWork } from '../../../src/worker/work-source.ts';
import type { Payload, WorkOptions } from '../driver.ts';

const LEASE_MS = 30_000;
const BEAT_MS = 10_000;
const IDLE_CHECK_MS = 1_000;
const AUTO_PREFETCH = 500;

/**
 * A worker whose handler does nothing, over the same parts as the real one: claims, runs, completes.
 *
 * `createWorker` replaces this loop as soon as it takes processors from outside: `{ generation: async (task) => { await
 * handler(task.input); return noResult(task) } }` and `prefetch`, with `signal` never aborting.
 */
export async function workTasks(
  { store, queue }: SqliteBackend,
  { concurrency, handler, prefetch }: WorkOptions & { readonly prefetch: number | 'auto' },
): Promise<void> {
  const workerId = randomUUID();
  const registration = { id: workerId, kind: 'worker', host: 'bench', pid: process.pid, types: null } as const;
  await store.workers.register(registration, LEASE_MS);
  setInterval(() => void store.workers.heartbeat({ workerId, leaseMs: LEASE_MS, held: [] }), BEAT_MS);
  const bell = createBell();
  const source = signalSource({ leases: store.leases, queue }, bell.ring);
  const taken: ClaimedWork[] = [];
  let running = 0;

  const run = async ({ claimed }: ClaimedWork): Promise<void> => {
    await handler(claimed.task.input as Payload);
    await store.leases.complete({ lease: claimed.lease, result: noResult(claimed) });
    running -= 1;
    bell.ring();
  };

  const claimForEver = async (): Promise<never> => {
    const ahead = prefetch === 'auto' ? AUTO_PREFETCH : prefetch;
    for (;;) {
      const free = concurrency - running;
      if (free > 0 && taken.length === 0) {
        taken.push(...(await source.take({ workerId, types: undefined, limit: free + ahead })));
      }
      while (running < concurrency && taken.length > 0) {
        running += 1;
        void run(taken.shift()!);
      }
      if (running === concurrency || taken.length === 0) await bell.wait(IDLE_CHECK_MS);
    }
  };
  void claimForEver();
}

/** As little as the store accepts. */
export function noResult({ task }: ClaimedTask): TaskResult {
  const { id, userId } = task;
  const image = { path: `${userId}/${id}/0.png`, width: 1, height: 1, bytes: 1, contentType: 'image/png', sha256: '0' };
  const texts = { logoDescription: '', themeDescription: '', createdAt: new Date().toISOString() };
  const concept = { id, taskId: id, userId, image, ...texts, variations: [], scene: null, refinement: null };
  return { concept: { ...concept, warnings: [] }, partial: false };
}
