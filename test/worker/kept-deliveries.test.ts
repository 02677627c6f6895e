import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/stores/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Task } from '../../src/core/task.ts';
import type { TaskQueue } from '../../src/ports/task-queue.ts';
import { newTask } from '../contracts/fixtures.ts';
import { startWorker } from '../promises/support.ts';
import { useEmulator } from '../support/emulated-project.ts';
import { skipsEmulator } from '../support/pubsub-emulator.ts';
import { running } from './fault-support.ts';
import { until } from './support.ts';

describe.skipIf(skipsEmulator())('deliveries that limits hold back', () => {
  const { project } = useEmulator();

  it.each([1, 2])('leave room for others in a worker with a concurrency of %i', async (concurrency) => {
    const { queue: open } = await project();
    const store = memoryStore();
    await store.workers.register({ id: 'other', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    const submitted = await store.tasks.submitMany(Array.from({ length: 12 }, () => newTask(systemClock)));
    const tasks = submitted.map(({ task }) => task);
    await store.leases.claim({ workerId: 'other', limit: 1 });
    const cancelled = await store.tasks.cancel(tasks.at(-1)!.id);
    await publish(open(), tasks.slice(1));
    const acknowledged = new Set<string>();
    const queue = noting(open({ concurrency }), acknowledged);
    // A stream of the emulator may bring more than it is asked for; one pull after another never does.
    const worker = running(startWorker({ store, queue }, { concurrency, limits: { total: 1 } }), { drain: true });
    await until(() => acknowledged.has(cancelled.id));
    expect(await store.tasks.counts({})).toMatchObject({ processing: 1, pending: 10 });
    await worker.stop();
  });
});

async function publish(queue: TaskQueue, tasks: readonly Task[]): Promise<void> {
  const taskMessages = tasks.map(({ id, userId, type, input }) => ({ taskId: id, userId, type, input }));
  await queue.publish(taskMessages);
  await queue.close();
}

function noting(queue: TaskQueue, acknowledged: Set<string>): TaskQueue {
  return {
    ...queue,
    async *receive(options) {
      for await (const delivery of queue.receive(options)) {
        const acknowledge = (): Promise<void> => {
          acknowledged.add(delivery.taskId!);
          return delivery.acknowledge();
        };
        yield { ...delivery, acknowledge };
      }
    },
  };
}
