import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { conceptFor } from '../contracts/fixtures.ts';
import { claim, collect, complete, fail, memoryClient } from './support.ts';

const DAY_MS = 86_400_000;
const REFINEMENT = { prompt: 'warmer', parentConceptId: null, originalImageUrl: null, applied: [], ignored: [] };
const generation = { type: 'generation', logoDescription: 'a fox', themeDescription: 'night' } as const;

function parts(options: { readonly onlyUserId?: string } = {}) {
  const clock = fakeClock();
  return { ...memoryClient({ clock, ...options }), clock };
}

/** Finished tasks, a day apart, the oldest first. */
async function completedDaily(count: number, given: ReturnType<typeof parts>): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let day = 0; day < count; day++) {
    await given.client.tasks.submit({ ...generation, seed: day });
    ids.push((await complete(given)).id);
    given.clock.advance(DAY_MS);
  }
  return ids;
}

const pathsOf = async ({ blobs }: ReturnType<typeof parts>) =>
  (await collect(blobs.list(''))).map(({ path }) => path).toSorted();

const png = (width: number) =>
  sharp({ create: { width, height: 32, channels: 3, background: '#336699' } })
    .composite([{ input: { create: { width: 8, height: 8, channels: 3, background: '#ffffff' } } }])
    .png()
    .toBuffer();

describe('maintenance.gc', () => {
  it('removes old tasks with their images and leaves the newer alone; a dry run counts the same', async () => {
    const given = parts();
    const { client } = given;
    const [first, second, third] = await completedDaily(3, given);
    const before = await pathsOf(given);
    const rules = { olderThanMs: 1.5 * DAY_MS };
    const dry = await client.maintenance.gc({ ...rules, dryRun: true });
    expect(dry).toEqual({ tasks: 2, blobs: 6, bytes: 2 * 3 * 4_321, orphans: 0, leftovers: 0, dryRun: true });
    expect(await pathsOf(given)).toEqual(before);
    expect(await client.maintenance.gc(rules)).toEqual({ ...dry, dryRun: false });
    await expect(client.tasks.get(first!)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await expect(client.concepts.get(second!)).rejects.toMatchObject({ code: 'CONCEPT_NOT_FOUND' });
    expect(await client.concepts.get(third!)).toMatchObject({ taskId: third });
    expect(await pathsOf(given)).toEqual(before.filter((path) => path.includes(third!)));
    expect(await client.maintenance.gc(rules)).toMatchObject({ tasks: 0, blobs: 0, bytes: 0 });
  });

  it('keeps the newest so many, and images up to so many bytes', async () => {
    const given = parts();
    await completedDaily(5, given);
    expect(await given.client.maintenance.gc({ keep: 3 })).toMatchObject({ tasks: 2 });
    expect(await given.client.maintenance.gc({ maxBytes: 2 * 3 * 4_321 })).toMatchObject({ tasks: 1 });
    expect(await given.client.tasks.counts()).toMatchObject({ completed: 2 });
  });

  it('removes hundreds of tasks in one run', async () => {
    const given = parts();
    await given.client.tasks.submitMany(Array.from({ length: 450 }, (_, seed) => ({ ...generation, seed })));
    await fail(given, 450);
    expect(await given.client.maintenance.gc({ keep: 25 })).toMatchObject({ tasks: 425 });
    expect(await given.client.tasks.counts()).toMatchObject({ failed: 25 });
  });

  it('never removes a pinned task until it is unpinned', async () => {
    const given = parts();
    const { maintenance } = given.client;
    const [first] = await completedDaily(2, given);
    await maintenance.pin(first!);
    expect(await maintenance.gc({ keep: 0 })).toMatchObject({ tasks: 1 });
    await maintenance.unpin(first!);
    expect(await maintenance.gc({ keep: 0 })).toMatchObject({ tasks: 1 });
    await expect(maintenance.pin(first!)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });

  it('never removes what an unfinished task works from', async () => {
    const given = parts();
    const [first] = await completedDaily(1, given);
    await given.client.tasks.submit({
      type: 'refinement',
      original: { conceptId: first! },
      refinementPrompt: 'warmer',
    });
    expect(await given.client.maintenance.gc({ keep: 0 })).toMatchObject({ tasks: 0 });
    await fail(given);
    expect(await given.client.maintenance.gc({ keep: 0 })).toMatchObject({ tasks: 2 });
  });

  it('keeps a picture of a removed task for as long as a refinement of it is there', async () => {
    const given = parts();
    const { client, blobs, clock, store } = given;
    const [first] = await completedDaily(1, given);
    const { image } = await client.concepts.get(first!);
    const { id } = await client.tasks.submit({ ...generation, seed: 9 });
    const [claimed] = await claim(given);
    const refinement = { ...REFINEMENT, originalImagePath: image.path };
    const concept = { ...conceptFor(claimed!.task, new Date(clock.now()).toISOString()), refinement };
    await store.leases.complete({ lease: claimed!.lease, result: { concept, partial: false } });
    expect(await client.maintenance.gc({ keep: 1 })).toMatchObject({ tasks: 1, blobs: 2 });
    expect(await pathsOf(given)).toEqual([image.path]);
    expect((await blobs.get(image.path)).byteLength).toBe(image.bytes);
    clock.advance(2 * DAY_MS);
    expect(await client.maintenance.gc({ keep: 0 })).toMatchObject({ tasks: 1, blobs: 1 });
    await expect(client.tasks.get(id)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    expect(await pathsOf(given)).toEqual([]);
  });

  it('collects files of no task once they are a day old, with or without a rule', async () => {
    const given = parts();
    const { client, blobs, clock } = given;
    await blobs.put('local/uploads/aaaa.png', new Uint8Array(7));
    await blobs.put('local/01890000-0000-7000-8000-000000000001/bbbb.png', new Uint8Array(5));
    clock.advance(DAY_MS - 1);
    await blobs.put('local/uploads/cccc.png', new Uint8Array(3));
    expect(await client.maintenance.gc()).toMatchObject({ orphans: 0 });
    clock.advance(2);
    expect(await client.maintenance.gc({ dryRun: true })).toMatchObject({ orphans: 2, bytes: 12 });
    expect(await client.maintenance.gc()).toMatchObject({ tasks: 0, blobs: 0, orphans: 2, bytes: 12 });
    expect(await pathsOf(given)).toEqual(['local/uploads/cccc.png']);
    expect(await client.maintenance.gc({ orphanAgeMs: 0 })).toMatchObject({ orphans: 1 });
  });

  it('spares the upload of a waiting task and the images of a running one, however old', async () => {
    const given = parts();
    const { client, blobs, clock } = given;
    await client.tasks.submit({ ...generation, image: { bytes: await png(32) } });
    const [claimed] = await claim(given);
    await blobs.put(`local/${claimed!.task.id}/aaaa.png`, new Uint8Array(5));
    await client.tasks.submit({ ...generation, image: { bytes: await png(48) } });
    clock.advance(30 * DAY_MS);
    expect(await client.maintenance.gc({ keep: 0 })).toMatchObject({ tasks: 0, blobs: 0, orphans: 0 });
    expect(await pathsOf(given)).toHaveLength(3);
  });

  it('spares an old file that is stored again between the look and the removal', async () => {
    const given = parts();
    const { client, blobs, clock, store } = given;
    await blobs.put('local/uploads/aaaa.png', new Uint8Array(7));
    clock.advance(2 * DAY_MS);
    const referenced = store.retention.referenced.bind(store.retention);
    const submittedMeanwhile: typeof referenced = async (paths, options) => {
      const named = await referenced(paths, options);
      await blobs.put('local/uploads/aaaa.png', new Uint8Array(7));
      return named;
    };
    Object.assign(store.retention, { referenced: submittedMeanwhile });
    expect(await client.maintenance.gc()).toMatchObject({ orphans: 0 });
    expect(await pathsOf(given)).toEqual(['local/uploads/aaaa.png']);
  });

  it('removes an upload with its last task, unless it was stored again of late', async () => {
    const given = parts();
    const { client, clock } = given;
    await client.tasks.submit({ ...generation, image: { bytes: await png(32) } });
    await fail(given);
    expect(await client.maintenance.gc({ keep: 0 })).toMatchObject({ tasks: 1, blobs: 0 });
    expect(await pathsOf(given)).toHaveLength(1);
    clock.advance(2 * DAY_MS);
    expect(await client.maintenance.gc()).toMatchObject({ orphans: 1 });
  });

  it.each(['olderThanMs', 'keep', 'maxBytes', 'orphanAgeMs'])('refuses a %s that is no whole number', async (field) => {
    const { client } = parts();
    for (const value of [-1, 1.5, Number.NaN]) {
      await expect(client.maintenance.gc({ [field]: value })).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
    }
  });

  it('is not for a client that is bound to one user', async () => {
    const { client } = parts({ onlyUserId: 'ann' });
    await expect(client.maintenance.gc({ keep: 0 })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });
});

it('passes on what each backend finds when it looks at itself', async () => {
  const { client, store } = parts();
  const { facts, problems } = await store.diagnose();
  expect(await client.maintenance.diagnose()).toEqual({
    store: facts,
    queue: { queue: 'memory' },
    blobs: { blobs: 'memory' },
    problems,
  });
});
