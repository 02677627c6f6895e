import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { connectSupabase } from '../../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { type NewTask, WIRE_NAMES } from '../../../../src/core/task.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { conceptFor, generationInput, newTask, newTaskId } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

const [A, B] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'] as const;
/** In all that user B has, and in nothing that user A may see. */
const MARK = 'for-b-alone';
const COSTS = { generation: 2, refinement: 1, coloring: 1, rendition: 1 };

interface Answer {
  readonly data: unknown;
  readonly error: { readonly code?: string; readonly message: string; readonly details?: string | null } | null;
}

describe.skipIf(skipsPostgres())('a signed-in user who calls the functions without a client of ours', () => {
  const project = useTestProject();
  let service: Store;
  beforeEach(async () => {
    service = project.store({ credits: COSTS });
  });

  const callAs = async (userId: string, name: string, request: object): Promise<Answer> => {
    const { url, keys } = project.api;
    const { client } = connectSupabase({ url, key: keys.publishable, accessToken: project.api.tokenOf(userId) });
    const { data, error } = await client.rpc(`concept_${name}`, { request: { ...request, writeId: randomUUID() } });
    return { data: data as unknown, error };
  };
  const wire = (overrides: Partial<NewTask> = {}, changes: object = {}): object => {
    const task = newTask(systemClock, overrides);
    return { ...task, type: WIRE_NAMES[task.type], ...changes };
  };
  const submitAs = (userId: string, task: object, more: object = {}): Promise<Answer> =>
    callAs(userId, 'submit', { tasks: [task], ...more });

  /** A pending, a failed and a completed task of user B with all that hangs on them. */
  const furnishB = async () => {
    await service.credits.grant({ userId: B, amount: 10, key: 'k' });
    const batch = await service.batches.open({ id: newTaskId(systemClock), userId: B, name: MARK });
    const input = generationInput({ logoDescription: MARK });
    const mine = { userId: B, batchId: batch.id, input };
    const submit = async (more: Partial<NewTask> = {}) =>
      (await service.tasks.submit(newTask(systemClock, { ...mine, ...more }))).task;
    const [done, failed, other] = [await submit(), await submit(), await submit()];
    await service.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    const claims = await service.leases.claim({ workerId: 'w', limit: 3 });
    const leaseOf = (id: string) => claims.find(({ task }) => task.id === id)!.lease;
    const concept = { ...conceptFor(done, new Date().toISOString()), logoDescription: MARK };
    await service.leases.complete({ lease: leaseOf(done.id), result: { concept, partial: false } });
    const error = { code: 'TIMEOUT', message: MARK, retryable: true } as const;
    await service.leases.fail({ lease: leaseOf(failed.id), error, retryAt: null });
    const result = { data: { text: MARK }, files: [], partial: false };
    await service.leases.complete({ lease: leaseOf(other.id), result });
    const pending = await submit({ idempotencyKey: 'key-of-b' });
    return { batch, concept, done, failed, other, pending };
  };

  const recordsOfB = (): Promise<readonly unknown[]> =>
    project.database.query(
      `
      select (select jsonb_agg(to_jsonb(t) order by t.id) from tasks t where user_id = $1) as tasks,
        (select jsonb_agg(to_jsonb(e) order by e.task_id, e.seq) from concept_private.events e
          join tasks t on t.id = e.task_id where t.user_id = $1) as events,
        (select jsonb_agg(to_jsonb(c)) from concepts c where user_id = $1) as concepts,
        (select jsonb_agg(to_jsonb(r)) from task_results r where user_id = $1) as results,
        (select jsonb_agg(to_jsonb(b)) from concept_private.batches b where user_id = $1) as batches,
        (select jsonb_agg(to_jsonb(a)) from concept_private.credit_accounts a where user_id = $1) as credits,
        (select jsonb_agg(to_jsonb(r) order by r.path) from concept_private.blob_refs r
          join tasks t on t.id = r.task_id where t.user_id = $1) as refs`.replaceAll('$1', `'${B}'`),
    );

  it('learns and changes nothing of another user, whatever function is called', async () => {
    const { batch, concept, done, failed, other, pending } = await furnishB();
    await service.credits.grant({ userId: A, amount: 100, key: 'k' });
    const before = await recordsOfB();
    const batchBefore = await callAs(B, 'get_batch', { idOrName: batch.id });
    const page = { before: Number.MAX_SAFE_INTEGER, limit: 1_000, userId: B };
    const ids = [done, failed, other, pending].map(({ id }) => id);
    const eachId = ids.map((id) => ({ id, userId: B, pinned: true }));
    const requests: Readonly<Record<string, readonly object[]>> = {
      submit: [
        { tasks: [wire({ userId: B, batchId: batch.id, idempotencyKey: 'key-of-b' })] },
        { tasks: [wire({ userId: B, id: pending.id })] },
        { tasks: [wire({ userId: B, id: pending.id, idempotencyKey: 'key-of-b', inputHash: pending.id })] },
        { tasks: [wire({ type: 'refinement' }, { input: { original: { kind: 'concept', conceptId: concept.id } } })] },
      ],
      get_task: eachId,
      list_tasks: [page, { ...page, userId: undefined }, { ...page, batchId: batch.id }],
      count_tasks: [{ userId: B }, { batchId: batch.id }],
      cancel_task: eachId,
      retry_task: eachId,
      cancel_tasks: [
        { limit: 1_000, userId: B },
        { limit: 1_000, batchId: batch.id },
      ],
      retry_tasks: [
        { limit: 1_000, userId: B },
        { limit: 1_000, batchId: batch.id },
      ],
      list_events: ids.map((taskId) => ({ taskId, afterSeq: 0, limit: 100, userId: B })),
      get_concept: [{ id: concept.id }, { id: concept.id, userId: B }],
      list_concepts: [page],
      get_result: ids.map((taskId) => ({ taskId, userId: B })),
      open_batch: [{ id: batch.id, userId: B, name: 'other' }],
      get_batch: [
        { idOrName: batch.id, userId: B },
        { idOrName: MARK, userId: B },
      ],
      credit_balance: [{ userId: B }],
      pin_task: eachId,
    };
    for (const [name, each] of Object.entries(requests)) {
      for (const request of each) {
        const answer = await callAs(A, name, request);
        const said = JSON.stringify(answer);
        expect(said, `${name} ${JSON.stringify(request)}`).not.toMatch(new RegExp(`${MARK}|"userId":"${B}"`));
      }
    }
    expect(await recordsOfB()).toEqual(before);
    expect(await callAs(B, 'get_batch', { idOrName: batch.id })).toEqual(batchBefore);
    const callable = await project.database.query<{ name: string }>(`
      select substr(proname, 9) as name from pg_proc where pronamespace = 'public'::regnamespace
        and proname like 'concept\\_%' and has_function_privilege('authenticated', oid, 'execute') order by 1`);
    expect(Object.keys(requests).toSorted(), 'every function that a user may call').toEqual(
      callable.map(({ name }) => name),
    );
  });

  it('makes own tasks of what is submitted in the name of another', async () => {
    const { data } = await submitAs(A, wire({ userId: B, idempotencyKey: 'k' }));
    expect(data).toMatchObject({ outcomes: [{ created: true, task: { userId: A } }] });
    expect(await submitAs(B, wire({ userId: A, idempotencyKey: 'k' }))).toMatchObject({
      data: { outcomes: [{ created: true, task: { userId: B } }] },
    });
  });

  it('pays what the operator says, not what the call says', async () => {
    await service.credits.grant({ userId: A, amount: 5, key: 'k' });
    for (const costs of [{ concept_generation: -5 }, { concept_generation: 0 }]) {
      expect((await submitAs(A, wire(), { costs })).error).toBeNull();
    }
    expect(await service.credits.balance(A)).toEqual({ available: 1, held: 4 });
    expect((await submitAs(A, wire(), { costs: { concept_generation: -100 } })).error).toMatchObject({ code: 'PT402' });
    const { tasks } = await service.tasks.list({ userId: A });
    await callAs(A, 'cancel_tasks', { limit: 10 });
    expect(await service.credits.balance(A)).toEqual({ available: 5, held: 0 });
    expect((await callAs(A, 'retry_task', { id: tasks[0]!.id })).error).toBeNull();
    expect(await service.credits.balance(A)).toEqual({ available: 3, held: 2 });
    expect((await callAs(A, 'retry_tasks', { limit: 10, costs: {} })).error).toBeNull();
    expect(await service.credits.balance(A)).toEqual({ available: 1, held: 4 });
  });

  it('pays nothing, and gains nothing, before an operator has said what tasks cost', async () => {
    const before = await service.credits.balance(A);
    for (const cost of [-5, 0, 3]) {
      const costs = { concept_generation: cost };
      expect((await submitAs(A, wire(), { costs })).error).toBeNull();
      await callAs(A, 'cancel_tasks', { limit: 10 });
      expect((await callAs(A, 'retry_tasks', { limit: 10, costs })).error).toBeNull();
    }
    expect(await service.credits.balance(A)).toEqual(before);
    expect(await project.database.query('select 1 from concept_private.credit_ledger')).toEqual([]);
  });

  it('pays from the moment that a worker with credits on has begun', async () => {
    await service.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    expect((await submitAs(A, wire(), { costs: { concept_generation: 0 } })).error).toMatchObject({ code: 'PT402' });
    // One that knows of no credits changes nothing of that.
    await project.store().workers.register({ id: 'w2', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    expect((await submitAs(A, wire())).error).toMatchObject({ code: 'PT402' });
  });

  it('is kept from negative costs, whoever says them', async () => {
    const wrong = project.store({ credits: { ...COSTS, generation: -1 } });
    const refused = { code: 'INVALID_INPUT', field: 'costs' };
    const worker = { id: 'w', kind: 'worker', host: 'h', pid: 1, types: null } as const;
    await expect(wrong.tasks.submit(newTask(systemClock, { userId: A }))).rejects.toMatchObject(refused);
    await expect(wrong.bulk.retry({ limit: 1 })).rejects.toMatchObject(refused);
    await expect(wrong.credits.grant({ userId: A, amount: 1, key: 'k' })).rejects.toMatchObject(refused);
    await expect(wrong.workers.register(worker, 60_000)).rejects.toMatchObject(refused);
    expect(await service.credits.balance(A)).toEqual({ available: 0, held: 0 });
    const note = "insert into concept_private.credit_costs values ('concept_generation', -1)";
    await expect(project.database.query(note)).rejects.toThrow('violates check constraint');
  });

  it('has no part in the batches of others', async () => {
    const batchOf = async (userId: string) =>
      (await service.batches.open({ id: newTaskId(systemClock), userId, name: MARK })).id;
    const [own, others] = [await batchOf(A), await batchOf(B)];
    const refused = { code: 'PT400', message: expect.stringContaining('batchId:') };
    expect((await submitAs(A, wire({ batchId: others }))).error).toMatchObject(refused);
    // It could become one of another's.
    expect((await submitAs(A, wire({ batchId: newTaskId(systemClock) }))).error).toMatchObject(refused);
    const byMistake = service.tasks.submit(newTask(systemClock, { userId: A, batchId: others }));
    await expect(byMistake).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'batchId' });
    expect((await service.tasks.list({})).tasks).toEqual([]);
    await service.credits.grant({ userId: A, amount: 5, key: 'k' });
    expect((await submitAs(A, wire({ batchId: own }))).error).toBeNull();
  });

  it("has no worker read another's blobs", async () => {
    const from = (path: string) =>
      submitAs(A, wire({}, { input: { ...generationInput(), image: { kind: 'blob', path } } }));
    for (const path of [`${B}/t/a.png`, `${A}/../${B}/t/a.png`, `${A}x/t/a.png`, '']) {
      expect((await from(path)).error, path).toMatchObject({ message: expect.stringContaining('input.image') });
    }
    expect((await from(`${A}/uploads/a.png`)).error).toBeNull();
  });

  it.each([
    ['priority', { priority: 101 }],
    ['priority', { priority: undefined }],
    ['maxAttempts', { maxAttempts: 1_000 }],
    ['maxAttempts', { maxAttempts: 0 }],
    ['type', { type: 'something' }],
    ['input', { input: undefined }],
    ['input', { input: ['a list'] }],
    ['input', { input: { logoDescription: 'x'.repeat(200_000) } }],
    ['input', { input: { logoDescription: 'x'.repeat(3_000) } }],
    ['input', { input: { sizes: Array.from({ length: 51 }, () => ({ name: 'a', width: 9, height: 9 })) } }],
    ['input.numPalettes', { input: { numPalettes: 1_000_000 } }],
    ['input.numPalettes', { input: { numPalettes: 'many' } }],
    ['id', { id: 'not-a-uuid' }],
    ['inputHash', { inputHash: undefined }],
  ])('submits nothing that a client of ours would not: %s %j', async (field, change) => {
    const { error } = await submitAs(A, wire({}, change));
    expect(error).toMatchObject({ code: 'PT400', message: expect.stringContaining(`${field}:`) });
    expect(JSON.parse(error!.details!)).toMatchObject({ code: 'INVALID_INPUT', field });
    expect((await service.tasks.list({})).tasks).toEqual([]);
  });
});
