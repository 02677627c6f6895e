import { describe, expect, it } from 'vitest';
import type { ConceptError } from '../../src/core/errors.ts';
import type { BatchSummary } from '../../src/ports/batch-store.ts';
import type { Submission } from '../../src/sdk/submission.ts';
import { claim, collect, complete, fail, memoryClient } from './support.ts';

const row = (seed: number): Submission => ({
  type: 'generation',
  logoDescription: 'a fox',
  themeDescription: 'night',
  seed,
});
const rows = (count: number, from = 0): Submission[] => Array.from({ length: count }, (_, index) => row(from + index));

async function* stream(items: readonly Submission[]): AsyncGenerator<Submission> {
  yield* items;
}

describe('batches.submit', () => {
  it('records thousands of rows as one batch, in order, with little per row', async () => {
    const { client } = memoryClient();
    const submitted = await client.batches.submit({ name: 'spring', rows: stream(rows(1_203)) });
    expect(submitted.created).toBe(1_203);
    expect(submitted.batch).toMatchObject({
      name: 'spring',
      userId: 'local',
      total: 1_203,
      counts: { pending: 1_203 },
    });
    expect(submitted.tasks).toHaveLength(1_203);
    expect(submitted.tasks[7]).toEqual({ id: expect.any(String), status: 'pending' });
    const task = await client.tasks.get(submitted.tasks[1_202]!.id);
    expect(task).toMatchObject({ batchId: submitted.batch.id, input: { seed: 1_202 } });
  });

  it('submits only what is missing when the same rows come again, moved and with one more', async () => {
    const { client } = memoryClient();
    const first = await client.batches.submit({ name: 'spring', rows: rows(5) });
    const again = await client.batches.submit({ name: 'spring', rows: [row(99), ...rows(5).toReversed()] });
    expect(again.created).toBe(1);
    expect(again.batch).toMatchObject({ id: first.batch.id, total: 6 });
    const ids = first.tasks.map(({ id }) => id);
    expect(again.tasks.slice(1).map(({ id }) => id)).toEqual(ids.toReversed());
  });

  it('takes up after an interruption: the first chunk stays, the rest is submitted by the second run', async () => {
    const { client } = memoryClient();
    async function* interrupted(): AsyncGenerator<Submission> {
      yield* rows(700);
      throw new Error('the cable was pulled');
    }
    await expect(client.batches.submit({ name: 'spring', rows: interrupted() })).rejects.toThrow('cable');
    expect((await client.batches.get('spring')).total).toBe(500);
    const { created, batch } = await client.batches.submit({ name: 'spring', rows: rows(700) });
    expect({ created, total: batch.total }).toEqual({ created: 200, total: 700 });
  });

  it('keeps equal rows apart, and knows them again', async () => {
    const { client } = memoryClient();
    const twins = [row(1), row(1), row(2)];
    const first = await client.batches.submit({ name: 'twins', rows: twins });
    expect(new Set(first.tasks.map(({ id }) => id)).size).toBe(3);
    const again = await client.batches.submit({ name: 'twins', rows: twins });
    expect(again.created).toBe(0);
    expect(again.tasks).toEqual(first.tasks);
  });

  it('lets a row say by its own key which task it is', async () => {
    const { client } = memoryClient();
    const keyed = { ...row(1), idempotencyKey: 'k' } as Extract<Submission, { type: 'generation' }>;
    const first = await client.batches.submit({ name: 'a', rows: [keyed] });
    const again = await client.batches.submit({ name: 'a', rows: [keyed] });
    expect(again.tasks[0]!.id).toBe(first.tasks[0]!.id);
    await expect(client.batches.submit({ name: 'a', rows: [{ ...keyed, seed: 2 }] })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
  });

  it('keeps the own keys of one batch apart from those of another, and from single tasks', async () => {
    const { client } = memoryClient();
    const keyed = { ...row(1), idempotencyKey: 'k' } as Extract<Submission, { type: 'generation' }>;
    const single = await client.tasks.submit(keyed);
    const one = await client.batches.submit({ name: 'one', rows: [keyed, row(2), row(3)] });
    const two = await client.batches.submit({ name: 'two', rows: [{ ...keyed, seed: 5 }, row(2), row(3)] });
    expect([one, two]).toMatchObject([
      { created: 3, batch: { total: 3 } },
      { created: 3, batch: { total: 3 } },
    ]);
    const ids = [single, ...one.tasks, ...two.tasks].map(({ id }) => id);
    expect(new Set(ids).size).toBe(7);
    expect((await client.tasks.get(two.tasks[0]!.id)).idempotencyKey).toBe(`${two.batch.id}:k`);
  });

  it('names the row of a conflict of keys, and does not tell to send the same again', async () => {
    const { client } = memoryClient();
    const keyed = (seed: number) => ({ ...row(seed), idempotencyKey: 'k' }) as Submission;
    const sending = client.batches.submit({ name: 'spring', rows: stream([...rows(600), keyed(601), keyed(602)]) });
    const error = await sending.then(
      () => undefined,
      (thrown: ConceptError) => thrown,
    );
    expect(error).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', field: 'idempotencyKey' });
    expect(error!.message).toMatch(/^row 602: idempotency key "k" belongs to task /);
    expect(error!.hint).toMatch(/^use another key .*; the first 500 rows are submitted$/);
  });

  it('makes a batch of its own for every call without a name', async () => {
    const { client } = memoryClient();
    const first = await client.batches.submit({ rows: rows(2) });
    const second = await client.batches.submit({ rows: rows(2) });
    expect(first.batch.id).not.toBe(second.batch.id);
    expect(second.created).toBe(2);
  });

  it('checks an array whole: one bad row of 600 leaves nothing behind, and is named by its number', async () => {
    const { client } = memoryClient();
    const bad = rows(600).with(590, { ...row(1), numPalettes: 99 } as Submission);
    await expect(client.batches.submit({ name: 'spring', rows: bad })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'numPalettes',
      message: expect.stringMatching(/^row 591: numPalettes: /),
    });
    await expect(client.batches.get('spring')).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
    expect((await client.tasks.list()).tasks).toEqual([]);
  });

  it('says what is recorded when a later chunk of a stream is refused', async () => {
    const { client } = memoryClient();
    const bad = rows(600).with(590, { ...row(1), numPalettes: 99 } as Submission);
    await expect(client.batches.submit({ name: 'spring', rows: stream(bad) })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      hint: expect.stringContaining('the first 500 rows are submitted'),
    });
    expect((await client.batches.get('spring')).total).toBe(500);
  });

  it.each([
    ['an empty name', { name: ' ', rows: [] }, 'name'],
    ['an odd user', { userId: 'a/b', rows: [] }, 'userId'],
    ['a row of another user', { rows: [{ ...row(1), userId: 'bob' } as Submission] }, 'userId'],
    ['a row that is none', { rows: [null as unknown as Submission] }, 'submission'],
  ])('refuses %s', async (_title, submission, field) => {
    const { client } = memoryClient();
    await expect(client.batches.submit(submission)).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
    expect((await client.tasks.list()).tasks).toEqual([]);
  });

  it('takes no rows for an empty batch, which is done', async () => {
    const { client } = memoryClient();
    const { batch } = await client.batches.submit({ name: 'none', rows: [] });
    expect(await client.batches.wait(batch.id)).toMatchObject({ name: 'none', total: 0 });
  });

  it('belongs to its user: a bound client sees its own batches only', async () => {
    const parts = memoryClient({ onlyUserId: 'ann' });
    const { batch } = await parts.client.batches.submit({ name: 'spring', rows: rows(1) });
    expect(batch.userId).toBe('ann');
    await expect(parts.client.batches.submit({ userId: 'bob', rows: [] })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    await parts.store.batches.open({ id: '01890000-0000-7000-8000-000000000009', userId: 'bob', name: 'autumn' });
    await expect(parts.client.batches.get('autumn')).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
  });
});

describe('batches.wait and watch', () => {
  it('resolves when the last task has ended, however, and tells of progress', async () => {
    const parts = memoryClient();
    const { batch } = await parts.client.batches.submit({ name: 'spring', rows: rows(2) });
    const seen: BatchSummary[] = [];
    const waiting = parts.client.batches.wait('spring', { onProgress: (summary) => void seen.push(summary) });
    await complete(parts);
    await fail(parts);
    expect(await waiting).toMatchObject({ id: batch.id, counts: { completed: 1, failed: 1, pending: 0 } });
    expect(seen.at(-1)).toMatchObject({ counts: { completed: 1, failed: 1 } });
  });

  it('looks a few times a second at most, however much happens', async () => {
    const parts = memoryClient();
    await parts.client.batches.submit({ name: 'spring', rows: rows(40) });
    const watched = collect(parts.client.batches.watch('spring'));
    const startedAtMs = performance.now();
    for (let done = 0; done < 40; done++) {
      await complete(parts);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const summaries = await watched;
    expect(summaries.at(-1)).toMatchObject({ counts: { completed: 40 } });
    expect(summaries.length).toBeLessThanOrEqual(2 + (performance.now() - startedAtMs) / 250);
  });

  it('times out while the tasks go on, and says how to resume', async () => {
    const { client } = memoryClient();
    await client.batches.submit({ name: 'my batch', rows: rows(2) });
    await expect(client.batches.wait('my batch', { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: '2 tasks of batch my batch are not done; they go on',
      hint: "resume with: concept wait --batch 'my batch'",
    });
  });

  it('stops when it is aborted', async () => {
    const { client } = memoryClient();
    await client.batches.submit({ name: 'spring', rows: rows(1) });
    const stop = new AbortController();
    const waiting = client.batches.wait('spring', { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('does not know a batch that is not there', async () => {
    const { client } = memoryClient();
    await expect(client.batches.wait('nope')).rejects.toMatchObject({ code: 'BATCH_NOT_FOUND' });
  });
});

describe('batches.cancel and retry', () => {
  it('cancels what has not ended, in chunks, and starts it again', async () => {
    const parts = memoryClient();
    const { client } = parts;
    await client.batches.submit({ name: 'spring', rows: rows(1_100) });
    const other = await client.tasks.submit({ type: 'generation', logoDescription: 'an owl', themeDescription: 'day' });
    await complete(parts);
    await claim(parts);
    expect(await client.batches.cancel('spring')).toEqual({ changed: 1_099 });
    expect(await client.batches.get('spring')).toMatchObject({
      counts: { completed: 1, cancelled: 1_099, pending: 0 },
    });
    expect(await client.batches.cancel('spring')).toEqual({ changed: 0 });
    expect((await client.tasks.get(other.id)).status).toBe('pending');
    expect(await client.batches.retry('spring')).toEqual({ changed: 1_099, left: 0 });
    expect(await client.batches.get('spring')).toMatchObject({ counts: { pending: 1_099, cancelled: 0 } });
  });

  it('retries each task once, even when it fails again at once', async () => {
    const parts = memoryClient();
    const { client, store } = parts;
    await client.batches.submit({ name: 'spring', rows: rows(3) });
    await fail(parts, 3);
    const retry = store.bulk.retry.bind(store.bulk);
    const calls: number[] = [];
    const failsAgain: typeof retry = async (selection, options) => {
      const ids = await retry(selection, options);
      calls.push(ids.length);
      await fail(parts, 3);
      return ids;
    };
    Object.assign(store.bulk, { retry: failsAgain });
    expect(await client.batches.retry('spring')).toEqual({ changed: 3, left: 0 });
    expect(calls).toEqual([3]);
  });
});

describe('tasks.redrive', () => {
  it('starts the failed tasks of one code again, oldest first, and keeps their errors to be read', async () => {
    const parts = memoryClient();
    const { client } = parts;
    const tasks = await client.tasks.submitMany(rows(4));
    await fail(parts, 3);
    await fail(parts, 1, { code: 'PROVIDER_REFUSED', message: 'no', retryable: false });
    expect((await client.tasks.list({ errorCode: 'PROVIDER_REFUSED' })).tasks).toHaveLength(1);
    expect(await client.tasks.redrive({ errorCode: 'PROVIDER_FAILED', most: 2 })).toEqual({ changed: 2, left: 0 });
    expect(await client.tasks.get(tasks[0]!.id)).toMatchObject({
      status: 'pending',
      attempt: 0,
      error: { code: 'PROVIDER_FAILED', message: 'the provider is down' },
    });
    expect((await client.tasks.list({ status: 'failed' })).tasks).toHaveLength(2);
    expect(await client.tasks.redrive()).toEqual({ changed: 2, left: 0 });
  });

  it('leaves paid calls of unknown outcome, tells how many, and takes them when they are named', async () => {
    const parts = memoryClient();
    const { client } = parts;
    const { batch } = await client.batches.submit({ name: 'spring', rows: rows(3) });
    await fail(parts, 2, { code: 'PROVIDER_OUTCOME_UNKNOWN', message: 'it may be paid for', retryable: false });
    await fail(parts, 1);
    expect(await client.tasks.redrive({ type: 'refinement' })).toEqual({ changed: 0, left: 0 });
    expect(await client.batches.retry('spring')).toEqual({ changed: 1, left: 2 });
    expect(await client.tasks.redrive()).toEqual({ changed: 0, left: 2 });
    const named = { errorCode: 'PROVIDER_OUTCOME_UNKNOWN', batchId: batch.id, most: 1 } as const;
    expect(await client.tasks.redrive(named)).toEqual({ changed: 1, left: 0 });
    expect(await client.tasks.redrive()).toEqual({ changed: 0, left: 1 });
  });

  it('leaves cancelled tasks alone', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit(row(1) as Extract<Submission, { type: 'generation' }>);
    await client.tasks.cancel(task.id);
    expect(await client.tasks.redrive()).toEqual({ changed: 0, left: 0 });
  });

  it('stays with its user when the client is bound to one', async () => {
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
    await fail(parts);
    expect(await parts.client.tasks.redrive({ userId: 'bob' })).toEqual({ changed: 0, left: 0 });
  });
});
