import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { ConceptError } from '../../../../src/core/errors.ts';
import { newTask } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

const COSTS = { generation: 1, refinement: 1, coloring: 1, rendition: 1 };

describe.skipIf(skipsPostgres())('submitting many tasks at once', () => {
  const project = useTestProject();

  it('is one transaction for thousands, in their order, well within what the API lets a statement take', async () => {
    const { name } = project.database;
    await project.database.query(`alter role authenticator in database ${name} set statement_timeout = '8s'`);
    const store = project.store({ credits: COSTS });
    for (const userId of ['u0', 'u1', 'u2']) await store.credits.grant({ userId, amount: 5_000, key: 'k' });
    const tasks = Array.from({ length: 4_000 }, (_, index) =>
      newTask(systemClock, { userId: `u${index % 3}`, idempotencyKey: `key-${index}` }),
    );
    const outcomes = await store.tasks.submitMany(tasks);
    expect(outcomes.map(({ task }) => task.id)).toEqual(tasks.map(({ id }) => id));
    const rows = await project.database.query<{ id: string; turn: string }>('select id, turn from tasks order by seq');
    expect(rows.map(({ id }) => id)).toEqual(tasks.map(({ id }) => id));
    // Every user's own line is without a gap.
    expect(rows.map(({ turn }) => Number(turn))).toEqual(tasks.map((_, index) => Math.floor(index / 3) + 1));
    expect(await store.credits.balance('u1')).toEqual({ available: 5_000 - 1_333, held: 1_333 });
    const again = await store.tasks.submitMany(tasks);
    expect(again.filter(({ created }) => created)).toEqual([]);
    expect(await store.tasks.counts({})).toMatchObject({ pending: 4_000, due: 4_000 });
  });

  it('takes what is there and adds the rest, and refuses an id that comes twice', async () => {
    const store = project.store();
    const [first, second, third] = [0, 1, 2].map((index) => newTask(systemClock, { idempotencyKey: `k${index}` }));
    await store.tasks.submit(second!);
    await store.tasks.cancel(second!.id);
    const outcomes = await store.tasks.submitMany([first!, second!, third!]);
    expect(outcomes.map(({ created, task }) => [created, task.status])).toEqual([
      [true, 'pending'],
      [false, 'cancelled'],
      [true, 'pending'],
    ]);
    const twice = newTask(systemClock);
    const refused = { code: 'INVALID_INPUT', field: 'id' };
    await expect(store.tasks.submitMany([twice, twice])).rejects.toMatchObject(refused);
    expect(await store.tasks.get(twice.id)).toBeUndefined();
  });

  it('of many callers with the same keys in other orders makes each task once, and charges for it once', async () => {
    const store = project.store({ credits: COSTS });
    await store.credits.grant({ userId: 'u1', amount: 1_000, key: 'k' });
    const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`);
    const calls = Array.from({ length: 12 }, (_, caller) => {
      const order = caller % 2 === 0 ? keys : keys.toReversed();
      const tasks = order.map((idempotencyKey, index) =>
        newTask(systemClock, { idempotencyKey, priority: (index + caller) % 3 }),
      );
      return store.tasks.submitMany(tasks);
    });
    const outcomes = (await Promise.all(calls)).flat();
    expect(outcomes.filter(({ created }) => created)).toHaveLength(50);
    expect(new Set(outcomes.map(({ task }) => task.id)).size).toBe(50);
    expect(await store.credits.balance('u1')).toEqual({ available: 950, held: 50 });
  });

  it('that a user cannot pay for in full submits none of them', async () => {
    const store = project.store({ credits: COSTS });
    await store.credits.grant({ userId: 'u1', amount: 3, key: 'k' });
    await store.credits.grant({ userId: 'u2', amount: 9, key: 'k' });
    const tasks = ['u2', 'u1', 'u1', 'u1', 'u1'].map((userId) => newTask(systemClock, { userId }));
    const refusal: unknown = await store.tasks.submitMany(tasks).catch((thrown: unknown) => thrown);
    expect(ConceptError.isInstance(refusal) && [refusal.code, refusal.message]).toEqual([
      'INSUFFICIENT_CREDITS',
      'user u1 has 3 credits, and this costs 4',
    ]);
    expect((await store.tasks.list({})).tasks).toEqual([]);
    expect(await store.credits.balance('u2')).toEqual({ available: 9, held: 0 });
  });
});
