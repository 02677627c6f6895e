import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryQueue } from '../../src/adapters/queues/memory.ts';
import { memoryStore } from '../../src/adapters/stores/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { delay } from '../../src/core/abort.ts';
import type { Task } from '../../src/core/task.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { deliverySource } from '../../src/worker/delivery-source.ts';
import type { ClaimedWork, ClaimOptions, WorkSource } from '../../src/worker/work-source.ts';
import { newTask } from '../contracts/fixtures.ts';

const LIMITS = { limits: { perUser: 1 } };

let clock: ReturnType<typeof fakeClock>;
let store: ReturnType<typeof memoryStore>;
let source: WorkSource;
let claim: ClaimOptions;
let queue: ReturnType<typeof memoryQueue>;

beforeEach(async () => {
  clock = fakeClock();
  store = memoryStore({ clock });
  queue = memoryQueue({ clock });
  const logger = { log: () => undefined };
  source = deliverySource({ store, queue, clock, logger, busyDelayMs: 1_000, mostKept: 2, buffer: 2 }, () => undefined);
  const registration = { kind: 'worker', host: 'here', pid: 1, types: null } as const;
  claim = { workerId: 'w1', limit: 2 };
  await store.workers.register({ id: 'w1', ...registration }, 600_000);
});
afterEach(async () => {
  await source.close();
  await queue.close();
});

async function submit(userId: string, isDelivered: boolean): Promise<Task> {
  const { task } = await store.tasks.submit(newTask(systemClock, { userId }));
  const { id: taskId, type, input } = task;
  if (isDelivered) await queue.publish([{ taskId, userId, type, input }]);
  return task;
}

async function take(options: ClaimOptions): Promise<readonly string[]> {
  // Time for the deliveries to come.
  await delay(50);
  const taken: readonly ClaimedWork[] = await source.take(options);
  return taken.map(({ claimed }) => claimed.task.id);
}

describe('while limits hold deliveries back', () => {
  it('a free slot goes to any task that no limit concerns, whose delivery they keep away', async () => {
    const [first] = [await submit('anna', true), await submit('anna', true)];
    const other = await submit('bert', false);
    expect(await take({ ...claim, ...LIMITS })).toEqual([first.id]);
    expect(await take({ ...claim, ...LIMITS, limit: 1 })).toEqual([other.id]);
    expect(await take({ ...claim, ...LIMITS, limit: 1 })).toEqual([]);
  });

  it('their delivery finds the task taken when it comes', async () => {
    await submit('anna', true);
    await submit('anna', true);
    const other = await submit('bert', false);
    await take({ ...claim, ...LIMITS });
    await take({ ...claim, ...LIMITS, limit: 1 });
    const { id: taskId, userId, type, input } = other;
    await queue.publish([{ taskId, userId, type, input }]);
    expect(await take({ ...claim, ...LIMITS, limit: 1 })).toEqual([]);
    expect((await store.tasks.get(taskId))!.status).toBe('processing');
  });
});

it('a task without a delivery is left to its own while nothing is held back', async () => {
  const delivered = await submit('anna', true);
  await submit('bert', false);
  expect(await take(claim)).toEqual([delivered.id]);
  expect(await take(claim)).toEqual([]);
});

it('a task without a delivery is left to its own again once nothing is held back any more', async () => {
  await submit('anna', true);
  const second = await submit('anna', true);
  await take({ ...claim, ...LIMITS });
  await store.tasks.cancel(second.id);
  clock.advance(10_000);
  await submit('bert', false);
  expect(await take({ ...claim, ...LIMITS })).toEqual([]);
});
