import { describe, expect } from 'vitest';
import { refinementInput, storedImage } from '../fixtures.ts';
import { LEASE_MS, type MakeStore, storeTest } from './harness.ts';
import { dataResultFor, finishConcept, finishFailed, start } from './steps.ts';
import type { NewTask } from '../../../src/core/task.ts';
import type { Concept } from '../../../src/core/concept.ts';

const UPLOAD = 'u1/uploads/0123456789abcdef.png';

export function testRemoval(make: MakeStore): void {
  const test = storeTest(make);

  describe('removal', () => {
    testRemoving(test);
    testRefusing(test);
    testSharing(test);
  });
  describe('referenced paths', () => {
    testReferences(test);
  });
}

type Register = ReturnType<typeof storeTest>;

function testRemoving(test: Register): void {
  test('forgets all about a task and names its images', async (scene) => {
    const { store } = scene;
    const concept = await finishConcept(scene);
    const kept = await finishConcept(scene);
    const [removed, ...others] = await store.retention.remove([concept.taskId]);
    expect(others).toEqual([]);
    expect(removed!.taskId).toBe(concept.taskId);
    expect(removed!.paths.toSorted()).toEqual(imagePathsOf(concept).toSorted());
    expect(await store.tasks.get(concept.taskId)).toBeUndefined();
    expect(await store.concepts.get(concept.id)).toBeUndefined();
    expect(await store.events.list({ taskId: concept.taskId })).toEqual([]);
    expect((await store.tasks.list({})).tasks.map(({ id }) => id)).toEqual([kept.taskId]);
    expect((await store.concepts.list({})).concepts).toEqual([kept]);
    expect(await store.tasks.counts({})).toMatchObject({ completed: 1 });
    expect(await store.retention.finished({ limit: 5 })).toMatchObject({ tasks: [{ taskId: kept.taskId }] });
    expect(await store.retention.remove([concept.taskId])).toEqual([]);
  });

  test('forgets results that are no concepts, failed and cancelled tasks', async (scene) => {
    const { store } = scene;
    const { task, lease } = await start(scene);
    const result = dataResultFor(task);
    await store.leases.complete({ lease, result });
    const failed = await finishFailed(scene);
    const { id: cancelled } = await scene.submit();
    await store.tasks.cancel(cancelled);
    const removed = await store.retention.remove([task.id, failed.id, cancelled, 'unknown']);
    expect(removed.map(({ taskId }) => taskId).toSorted()).toEqual([task.id, failed.id, cancelled].toSorted());
    expect(pathsOf(removed)).toEqual(result.files.map(({ path }) => path).toSorted());
    expect(await store.results.get(task.id)).toBeUndefined();
    expect((await store.tasks.list({})).tasks).toEqual([]);
  });

  test('frees the idempotency key and the id', async (scene) => {
    const { store, submit } = scene;
    const { lease } = await start(scene, { idempotencyKey: 'k' });
    await store.leases.checkpoint({ lease, checkpoint: { stage: 'image', data: 1 } });
    await store.tasks.cancel(lease.taskId);
    await store.retention.remove([lease.taskId]);
    expect(await submit({ id: lease.taskId })).toMatchObject({ status: 'pending', attempt: 0, idempotencyKey: null });
    expect((await submit({ idempotencyKey: 'k' })).id).not.toBe(lease.taskId);
    expect(await store.events.list({ taskId: lease.taskId })).toMatchObject([{ seq: 1, type: 'submitted' }]);
    await scene.register('w');
    expect((await scene.claim('w')).checkpoints).toEqual([]);
  });

  test('leaves lists and turns in their order', async (scene) => {
    const { store, submit, register, claim } = scene;
    const finished = [await finishFailed(scene), await finishFailed(scene)];
    const older = await submit();
    await store.retention.remove(finished.map(({ id }) => id));
    const newer = await submit();
    expect((await store.tasks.list({})).tasks.map(({ id }) => id)).toEqual([newer.id, older.id]);
    const first = await store.tasks.list({ limit: 1 });
    const second = await store.tasks.list({ limit: 1, cursor: first.nextCursor! });
    expect(second).toMatchObject({ tasks: [{ id: older.id }], nextCursor: null });
    await register('w');
    expect((await claim('w')).task.id).toBe(older.id);
  });
}

function testRefusing(test: Register): void {
  test('leaves pinned and unfinished tasks alone', async (scene) => {
    const { store } = scene;
    const pinned = await finishConcept(scene);
    await store.retention.pin(pinned.taskId, true);
    const { id: waiting } = await scene.submit();
    const running = await start(scene);
    const retried = await finishFailed(scene);
    await store.tasks.retry(retried.id);
    const ids = [pinned.taskId, waiting, running.task.id, retried.id];
    expect(await store.retention.remove(ids)).toEqual([]);
    expect((await store.tasks.list({})).tasks.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(await store.concepts.get(pinned.id)).toEqual(pinned);
    await store.retention.pin(pinned.taskId, false);
    expect(await store.retention.remove([pinned.taskId])).toHaveLength(1);
  });

  test('leaves a task alone while an unfinished one works from its images', async (scene) => {
    const { store } = scene;
    const concept = await finishConcept(scene);
    const { id } = await scene.submit(refining({ kind: 'concept', conceptId: concept.id }));
    expect(await store.retention.remove([concept.taskId])).toEqual([]);
    await store.tasks.cancel(id);
    expect(await store.retention.remove([concept.taskId])).toMatchObject([{ taskId: concept.taskId }]);
  });
}

function testSharing(test: Register): void {
  test("keeps the parent's image that a refinement still names", async (scene) => {
    const { store } = scene;
    const parent = await finishConcept(scene);
    const child = await finishConcept(scene, refining({ kind: 'concept', conceptId: parent.id }), {
      refinement: refinedFrom(parent),
    });
    const withoutOriginal = imagePathsOf(parent).filter((path) => path !== parent.image.path);
    const [removed] = await store.retention.remove([parent.taskId]);
    expect(removed!.paths.toSorted()).toEqual(withoutOriginal.toSorted());
    const [last] = await store.retention.remove([child.taskId]);
    expect(last!.paths.toSorted()).toEqual([...imagePathsOf(child), parent.image.path].toSorted());
  });

  test('names an upload once its last task is removed', async (scene) => {
    const { store } = scene;
    const source = { kind: 'blob', path: UPLOAD } as const;
    const first = await finishFailed(scene, refining(source));
    const second = await finishFailed(scene, refining(source));
    expect(await store.retention.remove([first.id])).toEqual([{ taskId: first.id, paths: [] }]);
    expect(await store.retention.remove([second.id])).toEqual([{ taskId: second.id, paths: [UPLOAD] }]);
  });

  test('names what only removed tasks shared', async (scene) => {
    const source = { kind: 'blob', path: UPLOAD } as const;
    const ids = [(await finishFailed(scene, refining(source))).id, (await finishFailed(scene, refining(source))).id];
    const removed = await scene.store.retention.remove(ids);
    expect(removed).toHaveLength(2);
    expect(new Set(pathsOf(removed))).toEqual(new Set([UPLOAD]));
  });
}

function testReferences(test: Register): void {
  test('are those that results and inputs name', async (scene) => {
    const { store } = scene;
    const parent = await finishConcept(scene, {}, { variations: [] });
    const original = 'u1/elsewhere/fedcba9876543210.png';
    const refinement = { ...refinedFrom(parent), originalImagePath: original };
    const child = await finishConcept(scene, refining({ kind: 'blob', path: UPLOAD }), { refinement });
    const { task, lease } = await start(scene);
    const result = dataResultFor(task);
    await store.leases.complete({ lease, result });
    const named = [...imagePathsOf(parent), ...imagePathsOf(child), original, UPLOAD, result.files[0]!.path];
    const orphans = [storedImage(child, 'orphan').path, 'u1/uploads/fedcba9876543210.png', 'u9/nowhere/x.png'];
    expect((await store.retention.referenced([...orphans, ...named])).toSorted()).toEqual(named.toSorted());
    await store.retention.remove([parent.taskId, child.taskId]);
    expect(await store.retention.referenced([...orphans, ...named])).toEqual([result.files[0]!.path]);
    expect(await store.retention.referenced([])).toEqual([]);
  });

  test('are those in the folder of a task that is not completed', async (scene) => {
    const { store, submit, clock } = scene;
    const cancelled = await submit();
    await store.tasks.cancel(cancelled.id);
    const failed = await finishFailed(scene);
    const running = await start(scene, { userId: 'u2' });
    const lost = await start(scene);
    const tasks = [await submit(), running.task, lost.task, failed, cancelled];
    const paths = tasks.map((task) => storedImage(task, 'draft').path);
    expect((await store.retention.referenced(paths)).toSorted()).toEqual(paths.toSorted());
    clock.advance(LEASE_MS);
    await store.leases.sweep();
    expect((await store.retention.referenced(paths)).toSorted()).toEqual(paths.toSorted());
    await store.retention.remove([failed.id]);
    expect(await store.retention.referenced([storedImage(failed, 'draft').path])).toEqual([]);
  });
}

function refining(original: ReturnType<typeof refinementInput>['original']): Partial<NewTask> {
  return { type: 'refinement', input: { ...refinementInput(), original } };
}

function refinedFrom(parent: Concept): NonNullable<Concept['refinement']> {
  return {
    prompt: 'warmer',
    parentConceptId: parent.id,
    originalImageUrl: null,
    originalImagePath: parent.image.path,
    applied: ['warmer'],
    ignored: [],
  };
}

function imagePathsOf({ image, variations }: Concept): string[] {
  return [image.path, ...variations.map((variation) => variation.image.path)];
}

function pathsOf(removed: readonly { readonly paths: readonly string[] }[]): string[] {
  return removed.flatMap(({ paths }) => paths).toSorted();
}
