import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ClaimedTask } from '../../src/ports/task-leases.ts';
import { waitForTask } from '../../src/sdk/wait.ts';
import { collect, memoryClient } from './support.ts';

const generation = { type: 'generation', logoDescription: 'a fox', themeDescription: 'night' } as const;

async function claim({ store }: ReturnType<typeof memoryClient>): Promise<ClaimedTask> {
  await store.workers.register({ id: 'w1', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
  const [claimed] = await store.leases.claim({ workerId: 'w1', limit: 1 });
  if (!claimed) throw new Error('nothing to claim');
  return claimed;
}

const failure = {
  code: 'PROVIDER_REFUSED',
  message: 'the prompt was refused',
  retryable: false,
  stage: 'image-generation',
} as const;

describe('tasks.wait', () => {
  it('rejects with the error of the failed task, its stage and its id', async () => {
    const parts = memoryClient();
    const task = await parts.client.tasks.submit(generation);
    const { lease } = await claim(parts);
    const waiting = parts.client.tasks.wait(task);
    await parts.store.leases.fail({ lease, error: failure, retryAt: null });
    await expect(waiting).rejects.toMatchObject({
      code: 'PROVIDER_REFUSED',
      taskId: task.id,
      stage: 'image-generation',
      message: `task ${task.id} failed in image-generation: the prompt was refused`,
    });
  });

  it('rejects with TASK_CANCELLED for a cancelled task', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit(generation);
    const waiting = client.tasks.wait(task.id);
    await client.tasks.cancel(task.id);
    await expect(waiting).rejects.toMatchObject({ code: 'TASK_CANCELLED', taskId: task.id });
  });

  it('times out while the task goes on, and says how to resume', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit(generation);
    await expect(client.tasks.wait(task, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      taskId: undefined,
      hint: `resume with: concept wait ${task.id}`,
    });
    expect((await client.tasks.get(task.id)).status).toBe('pending');
  });

  it('takes a last look: a task that ends together with the limit is no time-out', async () => {
    const { client, store } = memoryClient();
    const task = await client.tasks.submit(generation);
    const endsAtTheLimit = async (_timeoutMs: number, options?: { readonly signal?: AbortSignal | undefined }) => {
      if (options?.signal && !options.signal.aborted) await once(options.signal, 'abort');
      await store.tasks.cancel(task.id);
    };
    const reader = { store: { ...store, events: { ...store.events, news: endsAtTheLimit } }, userId: undefined };
    await expect(waitForTask(task.id, reader, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'TASK_CANCELLED' });
  });

  it('stops when the caller aborts', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit(generation);
    const abort = new AbortController();
    const waiting = client.tasks.wait(task, { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('says that there is no such task', async () => {
    const { client } = memoryClient();
    await expect(client.tasks.wait('01890000-0000-7000-8000-000000000000')).rejects.toMatchObject({
      code: 'TASK_NOT_FOUND',
    });
  });
});

describe('tasks.watch', () => {
  it('yields every event in order and ends with the final one', async () => {
    const parts = memoryClient();
    const task = await parts.client.tasks.submit(generation);
    const watching = collect(parts.client.tasks.watch(task.id));
    const { lease } = await claim(parts);
    await parts.store.leases.record({ lease, events: [{ type: 'stage.started', data: { stage: 's' } }] });
    await parts.store.leases.fail({ lease, error: failure, retryAt: null });
    const events = await watching;
    expect(events.map(({ type }) => type)).toEqual(['submitted', 'claimed', 'stage.started', 'failed']);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('resumes after a sequence number', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit(generation);
    await client.tasks.cancel(task.id);
    const events = await collect(client.tasks.watch(task.id, { afterSeq: 1 }));
    expect(events.map(({ type }) => type)).toEqual(['cancelled']);
  });
});

describe('reading and changing', () => {
  it('hides other users from a client that is bound to one', async () => {
    const parts = memoryClient({ onlyUserId: 'ann' });
    await parts.store.tasks.submit({
      id: '01890000-0000-7000-8000-000000000001',
      userId: 'bob',
      type: 'generation',
      input: { logoDescription: 'x', themeDescription: 'y', numPalettes: 1, seed: 0 },
      priority: 0,
      maxAttempts: 1,
      inputHash: 'h',
    });
    const { tasks } = parts.client;
    const id = '01890000-0000-7000-8000-000000000001';
    await expect(tasks.get(id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await expect(tasks.cancel(id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await expect(collect(tasks.watch(id))).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    expect((await tasks.list({ userId: 'bob' })).tasks).toEqual([]);
  });

  it('rejects calls that are aborted before they begin', async () => {
    const { client } = memoryClient();
    await expect(client.tasks.list({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('refuses to retry what is not over', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit(generation);
    await expect(client.tasks.retry(task.id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
    await client.tasks.cancel(task.id);
    expect(await client.tasks.retry(task.id)).toMatchObject({ status: 'pending', attempt: 0 });
  });
});
