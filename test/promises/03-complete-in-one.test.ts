import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
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

  it.each(['alone', 'together with others'])('a result that cannot be written, %s, leaves neither', async (how) => {
    const { store } = await scene.open();
    const raw = await scene.raw();
    raw.exec(FAIL_BAD_RESULTS);
    await store.tasks.submitMany([newTask(systemClock), newTask(systemClock)]);
    await store.workers.register({ id: 'w', kind: 'worker', host: 'test', pid: 1, types: null }, 60_000);
    const [bad, good] = await store.leases.claim({ workerId: 'w', limit: 2 });
    const failing = store.leases.complete({ lease: bad!.lease, result: plainResult({ is: 'bad' }) });
    // In the same turn of the event loop, and so in the same transaction.
    if (how !== 'alone') await store.leases.complete({ lease: good!.lease, result: plainResult() });
    await expect(failing).rejects.toThrow('not this one');
    const { id } = bad!.task;
    expect(await store.tasks.get(id)).toMatchObject({ status: 'processing', resultId: null });
    expect((await store.events.list({ taskId: id })).map(({ type }) => type)).toEqual(['submitted', 'claimed']);
    if (how !== 'alone') expect(await store.results.get(good!.task.id)).toEqual(plainResult());
    raw.exec('DROP TRIGGER fail_bad_results');
    await store.leases.complete({ lease: bad!.lease, result: plainResult({ is: 'bad' }) });
    expect(await store.results.get(id)).toMatchObject({ data: { is: 'bad' } });
  });
});
