import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { TaskMessage } from '../../../../src/ports/task-queue.ts';
import { generationInput, newTask } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

const idOf = (number: number): string => `00000000-0000-4000-8000-00000000000${number}`;
const AT = '2025-03-01T10:20:30.000Z';
const STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;

/** Rows as an API from before this package writes them: it knows ten columns. */
const INSERT = `
  insert into tasks (id, created_at, updated_at, user_id, type, status, result_id, error_message, metadata) values
    ('${idOf(0)}', '${AT}', '${AT}', 'u1', 'concept_generation', 'pending', null, null, '{"a":1}'),
    ('${idOf(1)}', '${AT}', '${AT}', 'u1', 'concept_refinement', 'processing', null, null, null),
    ('${idOf(2)}', '${AT}', '${AT}', 'u1', 'concept_generation', 'completed', '${idOf(9)}', null, null),
    ('${idOf(3)}', '${AT}', '${AT}', 'u1', 'concept_generation', 'failed', null, 'the model said no', null),
    ('${idOf(4)}', '${AT}', '${AT}', 'u1', 'concept_generation', 'cancelled', null, null, null)`;

describe.skipIf(skipsPostgres())('rows that an older API left', () => {
  const project = useTestProject();
  let store: Store;
  beforeEach(async () => {
    store = project.store({ credits: { generation: 1, refinement: 1, coloring: 1, rendition: 1 } });
    await project.database.query(INSERT);
  });

  it('are read as tasks that lack nothing but their input', async () => {
    const { tasks } = await store.tasks.list({});
    expect(tasks.map(({ status }) => status)).toEqual(STATUSES.toReversed());
    for (const task of tasks) {
      expect(task).toMatchObject({ userId: 'u1', input: {}, attempt: 0, createdAt: AT, updatedAt: AT, batchId: null });
      expect(await store.tasks.get(task.id, { userId: 'u1' })).toEqual(task);
    }
    const [pending, processing, completed, failed, cancelled] = tasks.toReversed();
    expect(pending).toMatchObject({ type: 'generation', error: null, leaseToken: null, completedAt: null });
    expect(processing).toMatchObject({ type: 'refinement', leaseToken: 'unknown', leaseOwner: 'unknown' });
    expect(completed).toMatchObject({ resultId: idOf(9), error: null, completedAt: AT });
    const error = { code: 'INTERNAL', message: 'the model said no', retryable: false };
    expect(failed).toMatchObject({ error, completedAt: AT, resultId: null });
    expect(cancelled).toMatchObject({ error: null, completedAt: AT });
    expect(await store.events.list({ taskId: idOf(0) })).toEqual([]);
  });

  it('are counted, and are not due before their input is there', async () => {
    const counts = { pending: 1, due: 0, retrying: 0, processing: 1, completed: 1, failed: 1, cancelled: 1 };
    expect(await store.tasks.counts({})).toEqual(counts);
    expect((await store.diagnose()).facts).toMatchObject({ rowsWithoutInput: 1 });
  });

  it('are cancelled and retried like others, with events from then on', async () => {
    expect(await store.tasks.cancel(idOf(0))).toMatchObject({ status: 'cancelled', input: {} });
    expect(await store.tasks.cancel(idOf(1))).toMatchObject({ status: 'cancelled', leaseToken: null });
    for (const id of [idOf(2), idOf(3), idOf(4)]) {
      await expect(store.tasks.cancel(id)).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
    }
    await store.credits.grant({ userId: 'u1', amount: 5, key: 'k' });
    expect(await store.tasks.retry(idOf(3))).toMatchObject({ status: 'pending', attempt: 0 });
    expect(await store.bulk.retry({ limit: 10 })).toEqual([idOf(0), idOf(1), idOf(4)]);
    const events = await store.events.list({ taskId: idOf(0) });
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'cancelled'],
      [2, 'retried'],
    ]);
    // Nothing was held for them, so nothing comes back.
    expect(await store.bulk.cancel({ limit: 10 })).toHaveLength(4);
    expect(await store.credits.balance('u1')).toEqual({ available: 5, held: 0 });
  });

  describe('and whose message comes', () => {
    const message = { taskId: idOf(0), userId: 'u1', type: 'generation', input: generationInput() } as const;
    const claim = (changes: Partial<TaskMessage> | null) =>
      store.leases.claim({
        workerId: 'w',
        taskId: idOf(0),
        limit: 1,
        ...(changes && { message: { ...message, ...changes } }),
      });
    beforeEach(() => store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 30_000));

    it('are claimed with the input that it brings, which stays theirs', async () => {
      const [claimed] = await claim({});
      expect(claimed!.task).toMatchObject({ id: idOf(0), input: message.input, attempt: 1, status: 'processing' });
      await store.leases.release(claimed!.lease);
      expect((await store.diagnose()).facts).toMatchObject({ rowsWithoutInput: 0 });
      const later = { ...message.input, seed: 99 };
      expect((await claim({ input: later }))[0]!.task.input).toEqual(message.input);
    });

    it('go to the end of the line when they are given back', async () => {
      await store.credits.grant({ userId: 'u1', amount: 1, key: 'k' });
      const { task } = await store.tasks.submit(newTask(systemClock));
      const [claimed] = await claim({});
      await store.leases.release(claimed!.lease);
      const claims = await store.leases.claim({ workerId: 'w', limit: 5 });
      expect(claims.map((each) => each.task.id)).toEqual([task.id, idOf(0)]);
    });

    it('keep what the message names from being removed', async () => {
      const path = 'u1/uploads/0123456789abcdef.png';
      await claim({ input: { ...message.input, image: { kind: 'blob', path } } });
      expect(await store.retention.referenced([path])).toEqual([path]);
    });

    it.each([
      ['without one', null],
      ['of another user', { userId: 'u2' }],
    ])('are left as they are by a claim with the message %s', async (_, changes) => {
      expect(await claim(changes)).toEqual([]);
      expect(await store.tasks.get(idOf(0))).toMatchObject({ status: 'pending', attempt: 0, input: {} });
      expect((await store.diagnose()).facts).toMatchObject({ rowsWithoutInput: 1 });
    });
  });

  it('are claimed by no message of another type, which is refused', async () => {
    await store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 30_000);
    const message = { taskId: idOf(0), userId: 'u1', type: 'refinement', input: generationInput() } as const;
    const claiming = store.leases.claim({ workerId: 'w', taskId: idOf(0), limit: 1, message });
    await expect(claiming).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'task_type' });
    expect(await store.tasks.get(idOf(0))).toMatchObject({ status: 'pending', attempt: 0, input: {} });
  });

  it('are refused to a new task of their id, and left alone by removals until they are finished', async () => {
    const again = store.tasks.submit(newTask(systemClock, { id: idOf(0) }));
    await expect(again).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'id' });
    const removed = await store.retention.remove(STATUSES.map((_, index) => idOf(index)));
    expect(removed.map(({ taskId }) => taskId)).toEqual([idOf(2), idOf(3), idOf(4)]);
  });

  it('are collected as of the time that they were changed last', async () => {
    const { tasks } = await store.retention.finished({ limit: 10 });
    expect(tasks.map(({ taskId, completedAt }) => [taskId, completedAt])).toEqual(
      [4, 3, 2].map((number) => [idOf(number), AT]),
    );
  });

  it('are pinned', async () => {
    await store.retention.pin(idOf(2), true);
    expect(await store.retention.remove([idOf(2)])).toEqual([]);
  });
});
