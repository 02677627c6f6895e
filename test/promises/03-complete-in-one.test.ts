import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Store } from '../../src/ports/store.ts';
import type { ClaimedTask } from '../../src/ports/task-leases.ts';
import { buildChild, type ChildProgram } from '../adapters/stores/sqlite/child-process.ts';
import { newTask } from '../contracts/fixtures.ts';
import { newScene, plainResult, type Scene } from './support.ts';

let program: ChildProgram;
let scene: Scene;
beforeAll(async () => {
  program = await buildChild('promise-3', new URL('./child.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

/** As a full disk or a damaged page would: what is written for this one result fails. */
const FAIL_BAD_RESULTS = `
  CREATE TRIGGER fail_bad_results BEFORE INSERT ON task_result WHEN new.result LIKE '%bad%' BEGIN
    SELECT raise(ABORT, 'not this one');
  END`;

const BAD = plainResult({ is: 'bad' });

/** Two tasks under way; the result of the first cannot be written until it is mended. */
async function twoClaimed() {
  const { store } = await scene.open();
  const raw = await scene.raw();
  raw.exec(FAIL_BAD_RESULTS);
  await store.tasks.submitMany([newTask(systemClock), newTask(systemClock)]);
  await store.workers.register({ id: 'w', kind: 'worker', host: 'test', pid: 1, types: null }, 60_000);
  const [bad, good] = await store.leases.claim({ workerId: 'w', limit: 2 });
  return { store, bad: bad!, good: good!, mend: () => raw.exec('DROP TRIGGER fail_bad_results') };
}

async function expectUntouched(store: Store, { task }: ClaimedTask): Promise<void> {
  expect(await store.tasks.get(task.id)).toMatchObject({ status: 'processing', resultId: null });
  expect((await store.events.list({ taskId: task.id })).map(({ type }) => type)).toEqual(['submitted', 'claimed']);
}

describe('promise 3: complete writes the result and the task row in one transaction', () => {
  it('a worker killed at the moment of the commit leaves both', async () => {
    const { store } = await scene.open();
    const { task } = await store.tasks.submit(newTask(systemClock));
    const child = program.start('complete and die', scene.file);
    expect((await child.exited).code).toBeNull();
    expect(child.lines).toEqual([]);
    expect(await store.tasks.get(task.id)).toMatchObject({ status: 'completed' });
    expect(await store.results.get(task.id)).toMatchObject({ data: { by: 'dying' } });
    expect((await store.events.list({ taskId: task.id })).at(-1)).toMatchObject({ type: 'completed' });
  });

  it('a result that cannot be written leaves neither', async () => {
    const { store, bad, mend } = await twoClaimed();
    const failing = store.leases.complete({ lease: bad.lease, result: BAD });
    await expect(failing).rejects.toThrow('not this one');
    await expectUntouched(store, bad);
    mend();
    await store.leases.complete({ lease: bad.lease, result: BAD });
    expect(await store.results.get(bad.task.id)).toEqual(BAD);
  });

  it('a result that cannot be written undoes its own part of a shared transaction, and no other', async () => {
    const { store, bad, good } = await twoClaimed();
    // In the same turn of the event loop, and so in the same transaction.
    const failing = store.leases.complete({ lease: bad.lease, result: BAD });
    await store.leases.complete({ lease: good.lease, result: plainResult() });
    await expect(failing).rejects.toThrow('not this one');
    await expectUntouched(store, bad);
    expect(await store.results.get(good.task.id)).toEqual(plainResult());
    expect(await store.tasks.get(good.task.id)).toMatchObject({ status: 'completed' });
  });
});
