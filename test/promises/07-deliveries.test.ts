import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryQueue } from '../../src/adapters/queues/memory.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Task } from '../../src/core/task.ts';
import { newTask } from '../contracts/fixtures.ts';
import { recordingAnswers } from '../support/recorded-answers.ts';
import { newScene, plainResult, type Scene, startWorker, within } from './support.ts';

const LEASE_MS = 600;

let scene: Scene;
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

/** A queue that delivers ids, over a store that decides; what becomes of each delivery is written down. */
function recordingQueue(flags: { readonly relayed?: boolean } = {}) {
  const inner = memoryQueue({ redeliverAfterMs: 60_000, ...flags });
  const answers: string[] = [];
  const queue = recordingAnswers(inner, answers);
  const publish = ({ id, userId, type, input }: Task) => inner.publish([{ taskId: id, userId, type, input }]);
  return { queue, answers, publish };
}

describe('promise 7: a delivery is acknowledged when its task is done, and kept while another live worker has it', () => {
  it('acknowledged: a repeat of a task that is completed, without running it again', async () => {
    const { store } = await scene.open();
    const { queue, answers, publish } = recordingQueue();
    const { task } = await store.tasks.submit(newTask(systemClock));
    await publish(task);
    const stop = new AbortController();
    let runs = 0;
    const generation = async () => {
      runs += 1;
      return plainResult();
    };
    const working = startWorker({ store, queue }, { processors: { generation } }).run({ signal: stop.signal });
    await within(5_000, 'acknowledged', async () => answers.length === 1);
    await publish(task);
    await within(5_000, 'answered again', async () => answers.length === 2);
    stop.abort();
    await working;
    expect(answers).toEqual(['acknowledged', 'acknowledged']);
    expect(runs).toBe(1);
    await queue.close();
  });

  it.each([
    ['given back', { relayed: false }],
    ['acknowledged, as the relay brings it back,', { relayed: true }],
  ] as const)(
    '%s while another live worker has the task, and not lost with that worker; no attempt is used up by it',
    async (answer, flags) => {
      const { store } = await scene.open();
      const { queue, answers, publish } = recordingQueue(flags);
      const { task } = await store.tasks.submit(newTask(systemClock, { maxAttempts: 2 }));
      const registration = { id: 'other', kind: 'worker', host: 'test', pid: 1, types: null } as const;
      await store.workers.register(registration, LEASE_MS);
      await store.leases.claim({ workerId: 'other', limit: 1 });
      await publish(task);
      const stop = new AbortController();
      const working = startWorker({ store, queue }, { leaseMs: LEASE_MS }).run({ signal: stop.signal });
      for (let beat = 1; beat <= 4; beat++) {
        await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 3));
        await store.workers.heartbeat({ workerId: 'other', leaseMs: LEASE_MS, held: [] });
      }
      await within(5_000, 'answered', async () => answers.length >= (flags.relayed ? 1 : 2));
      expect(new Set(answers)).toEqual(new Set([answer.split(',')[0]]));
      expect(await store.tasks.get(task.id)).toMatchObject({ status: 'processing', leaseOwner: 'other', attempt: 1 });
      // From here on the other one is silent.
      await within(8_000, 'completed', async () => (await store.tasks.get(task.id))?.status === 'completed');
      await within(2_000, 'acknowledged', async () => answers.at(-1) === 'acknowledged');
      stop.abort();
      await working;
      expect(await store.tasks.get(task.id)).toMatchObject({ attempt: 2 });
      await queue.close();
    },
  );
});
