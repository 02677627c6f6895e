import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { Concept } from '../../../../src/core/concept.ts';
import { WIRE_NAMES } from '../../../../src/core/task.ts';
import type { Store } from '../../../../src/ports/store.ts';
import { conceptFor, newTask, refinementInput } from '../../../contracts/fixtures.ts';
import { skipsPostgres } from '../../../support/postgres.ts';
import { useTestProject } from '../../../support/supabase.ts';

describe.skipIf(skipsPostgres())('removing a task while another is submitted that works from its image', () => {
  const project = useTestProject();
  let store: Store;
  let other: pg.Client;
  let concept: Concept;
  beforeEach(async () => {
    store = project.store();
    other = new pg.Client({ connectionString: project.database.superuserUrl });
    await other.connect();
    await store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, 60_000);
    const { task } = await store.tasks.submit(newTask(systemClock));
    const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
    concept = conceptFor(task, new Date().toISOString());
    await store.leases.complete({ lease: claimed!.lease, result: { concept, partial: false } });
  });
  afterEach(async () => {
    await other.end();
  });

  const refining = (source: 'concept' | 'blob') => {
    const original =
      source === 'concept'
        ? ({ kind: 'concept', conceptId: concept.id } as const)
        : ({ kind: 'blob', path: concept.image.path } as const);
    return newTask(systemClock, { type: 'refinement', input: { ...refinementInput(), original } });
  };
  /** Calls a function in a transaction that is not over yet. */
  const begin = async (name: string, request: object): Promise<void> => {
    await other.query('begin');
    await other.query(`select public.concept_${name}($1)`, [{ ...request, writeId: randomUUID() }]);
  };
  const untilBlocked = () =>
    vi.waitFor(async () => {
      const waiting = await project.database.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = $1",
        [project.database.name],
      );
      expect(waiting).toHaveLength(1);
    }, 5_000);

  it.each(['concept', 'blob'] as const)('leaves alone what was submitted first, from a %s', async (source) => {
    const task = refining(source);
    await begin('submit', { tasks: [{ ...task, type: WIRE_NAMES.refinement }] });
    const removal = store.retention.remove([concept.taskId]);
    await untilBlocked();
    await other.query('commit');
    expect(await removal).toEqual([]);
    expect(await store.concepts.get(concept.id)).toEqual(concept);
    await store.tasks.cancel(task.id);
    expect(await store.retention.remove([concept.taskId])).toMatchObject([{ taskId: concept.taskId }]);
  });

  it.each(['concept', 'blob'] as const)(
    'submits once it is gone, and names nothing of it, from a %s',
    async (source) => {
      await begin('remove_tasks', { ids: [concept.taskId] });
      const task = refining(source);
      const submission = store.tasks.submit(task);
      await untilBlocked();
      await other.query('commit');
      expect(await submission).toMatchObject({ created: true });
      expect(await store.concepts.get(concept.id)).toBeUndefined();
      const named = await store.retention.referenced([concept.image.path]);
      expect(named).toEqual(source === 'blob' ? [concept.image.path] : []);
    },
  );
});
