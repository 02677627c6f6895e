import { describe, expect } from 'vitest';
import type { TaskInputs } from '../../../src/core/task-input.ts';
import type { FinishedTask } from '../../../src/ports/retention.ts';
import { generationInput, palette, providerFailure, refinementInput, storedImage } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';
import { claimIds, completeClaimed, dataResultFor, finishConcept, finishFailed, start, submitSome } from './steps.ts';

type Source = TaskInputs['refinement']['original'];

const RENDITION = { sizes: [{ name: 'phone', width: 100, height: 200 }], formats: ['webp' as const] };
const COLORING = { prompt: '', complexity: 'simple', lineThickness: 'thin', paper: 'A4', seed: 0 } as const;

/** Where a task's input names an image. */
const WORKING_FROM = {
  generation: (image: Source) => generationInput({ image }),
  refinement: (original: Source) => ({ ...refinementInput(), original }),
  coloring: (source: Source) => ({ ...COLORING, source }),
  rendition: (source: Source) => ({ ...RENDITION, source }),
} as const;

export function testRetention(make: MakeStore): void {
  const test = storeTest(make);

  describe('finished tasks', () => {
    testListing(test);
    testUse(test);
  });
  describe('pins', () => {
    testPins(test);
  });
  describe('pruning', () => {
    testPruning(test);
  });
}

type Register = ReturnType<typeof storeTest>;

function testListing(test: Register): void {
  test('are completed, failed and cancelled ones, newest first', async (scene) => {
    const { store, clock } = scene;
    const concept = await finishConcept(scene);
    const completedAt = [isoAt(clock)];
    clock.advance(10);
    const failed = await finishFailed(scene);
    completedAt.unshift(isoAt(clock));
    clock.advance(10);
    const { id: cancelled } = await scene.submit();
    await store.tasks.cancel(cancelled);
    completedAt.unshift(isoAt(clock));
    await scene.submit();
    await start(scene);
    const { tasks, nextCursor } = await store.retention.finished({ limit: 10 });
    expect(tasks.map(({ taskId }) => taskId)).toEqual([cancelled, failed.id, concept.taskId]);
    expect(tasks.map((task) => task.completedAt)).toEqual(completedAt);
    expect(tasks).toMatchObject(Array.from({ length: 3 }, () => ({ pinned: false, inUse: false })));
    expect(nextCursor).toBeNull();
  });

  test('come page by page', async (scene) => {
    const { store, clock } = scene;
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.unshift((await finishFailed(scene)).id);
      clock.advance(1);
    }
    const first = await store.retention.finished({ limit: 2 });
    const second = await store.retention.finished({ limit: 2, cursor: first.nextCursor! });
    const third = await store.retention.finished({ limit: 2, cursor: second.nextCursor! });
    expect([first, second, third].flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId))).toEqual(ids);
    expect(third.nextCursor).toBeNull();
    for (const limit of [0, 1_001]) {
      const refused = store.retention.finished({ limit });
      await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'limit' });
    }
  });

  test('tell the size of each image of their result once', async (scene) => {
    const { store } = scene;
    const working = await start(scene);
    const image = { ...storedImage(working.task, 'base'), bytes: 1_000 };
    const other = { ...storedImage(working.task, 'other'), bytes: 20 };
    const variations = [image, other].map((each) => ({ palette: palette('Night', '#101828'), image: each }));
    await completeClaimed(scene, working, { image, variations });
    expect(await finishedTask(scene, working.task.id)).toMatchObject({ bytes: 1_020 });
    const { task, lease } = await start(scene);
    const result = dataResultFor(task, { files: [image, other, other] });
    await store.leases.complete({ lease, result });
    expect(await finishedTask(scene, task.id)).toMatchObject({ bytes: 1_020 });
    expect(await finishedTask(scene, (await finishFailed(scene)).id)).toMatchObject({ bytes: 0 });
  });
}

function testUse(test: Register): void {
  for (const type of ['generation', 'refinement', 'coloring', 'rendition'] as const) {
    test(`are in use while an unfinished ${type} works from their images`, async (scene) => {
      const { store } = scene;
      const concept = await finishConcept(scene);
      const bystander = await finishConcept(scene);
      const sources: Source[] = [
        { kind: 'concept', conceptId: concept.id },
        { kind: 'blob', path: concept.image.path },
        { kind: 'blob', path: concept.variations[1]!.image.path },
      ];
      for (const source of sources) {
        const { id } = await scene.submit({ userId: 'u2', type, input: WORKING_FROM[type](source) });
        expect(await finishedTask(scene, concept.taskId), source.kind).toMatchObject({ inUse: true });
        expect(await finishedTask(scene, bystander.taskId)).toMatchObject({ inUse: false });
        await store.tasks.cancel(id);
        expect(await finishedTask(scene, concept.taskId), source.kind).toMatchObject({ inUse: false });
      }
    });
  }

  test('are in use while an unfinished task works from a file of theirs', async (scene) => {
    const { store } = scene;
    const { task, lease } = await start(scene);
    const result = dataResultFor(task);
    await store.leases.complete({ lease, result });
    const input = WORKING_FROM.refinement({ kind: 'blob', path: result.files[1]!.path });
    const running = await start(scene, { type: 'refinement', input });
    expect(await finishedTask(scene, task.id)).toMatchObject({ inUse: true });
    await completeClaimed(scene, running);
    expect(await finishedTask(scene, task.id)).toMatchObject({ inUse: false });
  });
}

function testPins(test: Register): void {
  test('are set and taken off', async (scene) => {
    const { store } = scene;
    const { id } = await finishFailed(scene);
    await expect(store.retention.pin(id, true)).resolves.toBeUndefined();
    await store.retention.pin(id, true);
    expect(await finishedTask(scene, id)).toMatchObject({ pinned: true });
    await store.retention.pin(id, false);
    expect(await finishedTask(scene, id)).toMatchObject({ pinned: false });
  });

  test('of an unfinished task stay when it ends', async (scene) => {
    const { store, submit } = scene;
    const { id } = await submit();
    await store.retention.pin(id, true);
    const before = await store.tasks.get(id);
    expect(before).toMatchObject({ status: 'pending' });
    await store.tasks.cancel(id);
    expect(await finishedTask(scene, id)).toMatchObject({ pinned: true });
  });

  test("are not found for another user's task nor an unknown one", async (scene) => {
    const { store } = scene;
    const { id } = await finishFailed(scene, { userId: 'u1' });
    const calls = [() => store.retention.pin(id, true, { userId: 'u2' }), () => store.retention.pin('unknown', true)];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    }
    expect(await finishedTask(scene, id)).toMatchObject({ pinned: false });
    await store.retention.pin(id, true, { userId: 'u1' });
    expect(await finishedTask(scene, id)).toMatchObject({ pinned: true });
  });
}

function testPruning(test: Register): void {
  test('forgets workers that ended before the time, once', async ({ store, clock, register }) => {
    await register('retired');
    await store.workers.retire('retired');
    await register('expired');
    clock.advance(LEASE_MS);
    await store.leases.sweep();
    clock.advance(1_000);
    await register('live');
    expect(await store.retention.prune(isoAt(clock, -2 * LEASE_MS))).toBe(0);
    expect(await store.retention.prune(isoAt(clock, -LEASE_MS))).toBe(1);
    expect(await store.retention.prune(isoAt(clock))).toBe(1);
    expect(await store.retention.prune(isoAt(clock))).toBe(0);
    expect(await store.retention.prune(isoAt(clock, 2 * LEASE_MS))).toBe(0);
    expect(await store.workers.live()).toMatchObject([{ id: 'live' }]);
  });

  test('loses no task of a worker that died', async (scene) => {
    const { store, clock } = scene;
    const { task } = await start(scene);
    clock.advance(LEASE_MS + 1);
    await store.retention.prune(isoAt(clock));
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
    expect(await store.tasks.get(task.id)).toMatchObject({ status: 'pending', error: { code: 'LEASE_EXPIRED' } });
  });

  test('in the very turn of a removal leaves the counts right', async (scene) => {
    const { store, clock } = scene;
    await store.batches.open({ id: 'b', userId: 'u1', name: 'batch' });
    const { id } = await scene.submit({ batchId: 'b' });
    await store.tasks.cancel(id);
    await Promise.all([store.retention.remove([id]), store.retention.prune(isoAt(clock, -1_000))]);
    expect((await store.batches.get('b'))!.counts).toMatchObject({ pending: 0, cancelled: 0 });
  });

  test('leaves the users their turns and every task as it is', async (scene) => {
    const { store, clock } = scene;
    const [first, second, ...rest] = await submitSome(scene, 3, { userId: 'a' });
    const failing = await start(scene, { userId: 'b', priority: 9 });
    await store.leases.fail({ lease: failing.lease, error: providerFailure(), retryAt: null });
    await store.retention.prune(isoAt(clock, 1_000));
    const [newcomer] = await submitSome(scene, 1, { userId: 'c' });
    await scene.register('w');
    expect(await claimIds(scene, { workerId: 'w', limit: 5 })).toEqual([first, newcomer, second, ...rest]);
    expect(await store.tasks.get(failing.task.id)).toMatchObject({ status: 'failed', error: providerFailure() });
  });
}

async function finishedTask({ store }: Scene, taskId: string): Promise<FinishedTask | undefined> {
  const { tasks } = await store.retention.finished({ limit: 1_000 });
  return tasks.find((task) => task.taskId === taskId);
}
