import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesystemBlobs } from '../../src/adapters/blobs/filesystem.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { createClient } from '../../src/sdk/client.ts';
import { conceptFor, newTask } from '../contracts/fixtures.ts';
import { newScene, type Scene } from './support.ts';

let scene: Scene;
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

/** A finished and a pending task of u1, and a client that acts for u2 alone. */
async function twoUsers() {
  const { store, queue } = await scene.open();
  const { task: finished } = await store.tasks.submit(newTask(systemClock));
  await store.workers.register({ id: 'w', kind: 'worker', host: 'test', pid: 1, types: null }, 60_000);
  const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1 });
  const concept = conceptFor(finished, new Date().toISOString());
  await store.leases.complete({ lease: claimed!.lease, result: { concept, partial: false } });
  const { task: pending } = await store.tasks.submit(newTask(systemClock));
  const stranger = createClient({
    store,
    queue,
    blobs: filesystemBlobs({ root: scene.directory.file('blobs') }),
    clock: systemClock,
    imageInspector: { inspect: async () => Promise.reject(new Error('nothing to inspect')) },
    checkImageUrl: async () => undefined,
    defaultUserId: 'u2',
    onlyUserId: 'u2',
    maxAttempts: () => 3,
    supportedTypes: ['generation', 'refinement'],
  });
  return { store, finished, pending, concept, stranger };
}

// The embedded store has no users of its own: whoever may read the file may read all of it. What is bound to a user is the client.
describe('promise 11: one user never reads or changes another user’s tasks, concepts or images', () => {
  it('a client of one user neither finds, lists, follows, cancels nor retries a task of another', async () => {
    const { store, pending, stranger } = await twoUsers();
    const notThere = { code: 'TASK_NOT_FOUND' };
    await expect(stranger.tasks.get(pending.id)).rejects.toMatchObject(notThere);
    await expect(stranger.tasks.cancel(pending.id)).rejects.toMatchObject(notThere);
    await expect(stranger.tasks.wait(pending.id, { timeoutMs: 2_000 })).rejects.toMatchObject(notThere);
    await expect(stranger.tasks.watch(pending.id)[Symbol.asyncIterator]().next()).rejects.toMatchObject(notThere);
    expect((await stranger.tasks.list()).tasks).toEqual([]);
    await store.tasks.cancel(pending.id);
    await expect(stranger.tasks.retry(pending.id)).rejects.toMatchObject(notThere);
    expect(await store.tasks.get(pending.id)).toMatchObject({ status: 'cancelled' });
  });

  it('a client of one user reads no concept and no image of another, nor submits in its name', async () => {
    const { stranger, concept } = await twoUsers();
    await expect(stranger.concepts.get(concept.id)).rejects.toMatchObject({ code: 'CONCEPT_NOT_FOUND' });
    await expect(stranger.concepts.images(concept.id)).rejects.toMatchObject({ code: 'CONCEPT_NOT_FOUND' });
    const description = { logoDescription: 'a fox', themeDescription: 'night' } as const;
    const inTheirName = stranger.tasks.submit({ type: 'generation', ...description, userId: 'u1' });
    await expect(inTheirName).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('the store itself answers a user that is named as if there were no task of another', async () => {
    const { store, finished, pending } = await twoUsers();
    const scope = { userId: 'u2' };
    expect(await store.tasks.get(finished.id, scope)).toBeUndefined();
    await expect(store.tasks.cancel(pending.id, scope)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await expect(store.tasks.retry(pending.id, scope)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    expect((await store.tasks.list(scope)).tasks).toEqual([]);
    expect(await store.tasks.get(pending.id)).toMatchObject({ status: 'pending' });
  });
});
