import { expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { submitTasks, useFaultScene, workerOver } from './fault-support.ts';

const SLOTS = 2;
const TASKS = 200;
/** Tasks take no time by it: the automatic number is as high as it gets. */
const clock = { ...systemClock, monotonic: () => 0 };

const scene = useFaultScene();

/** Drains many short tasks. @returns how many tasks ahead the claims asked for, and the most that one gave. */
async function drainWith(prefetch: 'auto' | number) {
  const backend = await scene.open();
  const { leases } = backend.store;
  const asked = new Set<number>();
  let most = 0;
  const store: Store = {
    ...backend.store,
    leases: {
      ...leases,
      claim: async (request) => {
        const claims = await leases.claim(request);
        asked.add(request.ahead ?? 0);
        most = Math.max(most, claims.length - request.limit);
        return claims;
      },
    },
  };
  await submitTasks(store, TASKS);
  const worker = workerOver(
    { ...backend, store },
    {
      concurrency: SLOTS,
      prefetch,
      clock,
      processors: { generation: async () => ({ data: {}, files: [], partial: false }) },
    },
  );
  const summary = await worker.run({ drain: true, signal: new AbortController().signal });
  expect(summary).toMatchObject({ completed: TASKS, failed: 0 });
  return { asked: [...asked], most };
}

it('a worker that is told to hold nothing ahead claims for its free slots alone, however short tasks are', async () => {
  expect(await drainWith(0)).toEqual({ asked: [0], most: 0 });
});

it('a worker that is told to hold some ahead claims so many beyond its free slots, from the first claim on', async () => {
  expect(await drainWith(7)).toEqual({ asked: [7], most: 7 });
});

it('a worker that is told nothing claims ahead once it has seen that tasks are short', async () => {
  const { asked, most } = await drainWith('auto');
  expect(asked[0]).toBe(0);
  expect(most).toBeGreaterThan(0);
});
