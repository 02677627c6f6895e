import { describe, expect, it } from 'vitest';
import { memoryQueue } from '../../src/adapters/queues/memory.ts';
import { memoryStore } from '../../src/adapters/stores/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { NewTask, Task, TaskType } from '../../src/core/task.ts';
import type { Store } from '../../src/ports/store.ts';
import { createDeliveryDesk } from '../../src/worker/delivery-desk.ts';
import { newTask } from '../contracts/fixtures.ts';

/** What becomes of the delivery of a task that cannot be claimed by a worker that takes `types`. */
async function answerTo(overrides: Partial<NewTask>, row: Partial<Task>, types?: readonly TaskType[]): Promise<string> {
  const store = memoryStore();
  const { task } = await store.tasks.submit(newTask(systemClock, overrides));
  const tasks: Store['tasks'] = {
    ...store.tasks,
    get: async () => ({ ...task, ...row }) as Task,
  };
  const desk = createDeliveryDesk({
    store: { ...store, tasks },
    queue: memoryQueue(),
    clock: systemClock,
    logger: { log: () => undefined },
    busyDelayMs: 1_000,
    mostKept: 2,
  });
  const answers: string[] = [];
  const delivery = {
    taskId: task.id,
    message: { taskId: task.id, userId: task.userId, type: task.type, input: task.input },
    problem: null,
    publishedAt: new Date(systemClock.now()).toISOString(),
    acknowledge: async () => void answers.push('acknowledged'),
    giveBack: async () => void answers.push('kept'),
    reject: async () => void answers.push('rejected'),
  };
  await desk.settle(delivery, task.id, types);
  return answers.join();
}

const NO_INPUT = { input: {} as never };
const LATER = { runAt: new Date(systemClock.now() + 60_000).toISOString() };

describe('the delivery of a task that cannot be claimed', () => {
  it('is acknowledged when the row of its task brings it back', async () => {
    expect(await answerTo(LATER, {})).toBe('acknowledged');
    expect(await answerTo({}, {}, ['refinement'])).toBe('acknowledged');
    expect(await answerTo({}, { status: 'processing' })).toBe('acknowledged');
  });

  it('is kept when it is all there is of the input', async () => {
    expect(await answerTo(LATER, NO_INPUT)).toBe('kept');
    expect(await answerTo({}, NO_INPUT, ['refinement'])).toBe('kept');
    expect(await answerTo({}, { status: 'processing', ...NO_INPUT })).toBe('kept');
  });
});
