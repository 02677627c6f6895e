import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectImage } from '../../src/imaging/inspect-image.ts';
import type { Submission } from '../../src/sdk/submission.ts';
import { collect, memoryClient } from './support.ts';

const generation = { type: 'generation', logoDescription: 'a fox', themeDescription: 'night' } as const;
const png = () =>
  sharp({ create: { width: 32, height: 32, channels: 3, background: '#336699' } })
    .composite([{ input: { create: { width: 8, height: 8, channels: 3, background: '#ffffff' } } }])
    .png()
    .toBuffer();

const PNG_INSPECTION = { contentType: 'image/png', width: 8, height: 8 };

describe('tasks.submit', () => {
  it('records a pending task with every default filled in', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit(generation);
    expect(task).toMatchObject({
      type: 'generation',
      status: 'pending',
      userId: 'local',
      attempt: 0,
      maxAttempts: 3,
      input: { logoDescription: 'a fox', themeDescription: 'night', numPalettes: 7, seed: 0 },
    });
    expect(await client.tasks.get(task.id)).toEqual({ ...task, publishedAt: expect.any(String) });
  });

  it('gives refinements four palettes', async () => {
    const { client } = memoryClient();
    const task = await client.tasks.submit({
      type: 'refinement',
      original: { bytes: await png() },
      refinementPrompt: 'bluer',
    });
    expect(task.input.numPalettes).toBe(4);
  });

  it('stores an uploaded image before the task, under the user and the hash of the bytes', async () => {
    const { client, blobs } = memoryClient();
    const bytes = await png();
    const task = await client.tasks.submit({ ...generation, image: { bytes } });
    const image = task.input.image;
    expect(image).toMatchObject({ kind: 'blob', path: expect.stringMatching(/^local\/uploads\/[0-9a-f]{16}\.png$/) });
    if (image?.kind !== 'blob') throw new Error('expected a stored upload');
    expect(Buffer.from(await blobs.get(image.path))).toEqual(bytes);
  });

  const broken: readonly [string, Submission, string, string][] = [
    ['an empty logo', { ...generation, logoDescription: ' \n' }, 'INVALID_INPUT', 'logoDescription'],
    ['an empty theme', { ...generation, themeDescription: '' }, 'INVALID_INPUT', 'themeDescription'],
    [
      'a control-character theme',
      { ...generation, themeDescription: '\u0007\u0000' },
      'INVALID_INPUT',
      'themeDescription',
    ],
    ['an overlong theme', { ...generation, themeDescription: 'x'.repeat(2_001) }, 'INVALID_INPUT', 'themeDescription'],
    ['no palettes', { ...generation, numPalettes: 0 }, 'INVALID_INPUT', 'numPalettes'],
    ['21 palettes', { ...generation, numPalettes: 21 }, 'INVALID_INPUT', 'numPalettes'],
    ['half a palette', { ...generation, numPalettes: 1.5 }, 'INVALID_INPUT', 'numPalettes'],
    ['a negative seed', { ...generation, seed: -1 }, 'INVALID_INPUT', 'seed'],
    ['a user that is a path', { ...generation, userId: '../u' }, 'INVALID_INPUT', 'userId'],
    ['an empty idempotency key', { ...generation, idempotencyKey: '' }, 'INVALID_INPUT', 'idempotencyKey'],
    ['an odd time', { ...generation, runAt: 'tomorrow' }, 'INVALID_INPUT', 'runAt'],
    ['an unknown type', { ...generation, type: 'painting' } as unknown as Submission, 'INVALID_INPUT', 'type'],
    ['an unknown field', { ...generation, pallettes: 3 } as unknown as Submission, 'INVALID_INPUT', 'pallettes'],
    [
      'bytes that are no image',
      { ...generation, image: { bytes: new Uint8Array([1, 2, 3]) } },
      'IMAGE_UNREADABLE',
      'image',
    ],
    ['no bytes', { ...generation, image: { bytes: new Uint8Array() } }, 'IMAGE_UNREADABLE', 'image'],
    ['no submission', undefined as unknown as Submission, 'INVALID_INPUT', 'submission'],
    [
      'a file name for an image',
      { ...generation, image: 'logo.png' } as unknown as Submission,
      'INVALID_INPUT',
      'image',
    ],
    ['an image that is null', { ...generation, image: null } as unknown as Submission, 'INVALID_INPUT', 'image'],
    [
      'a blob path for an image',
      { ...generation, image: { kind: 'blob', path: 'bob/uploads/x.png' } } as unknown as Submission,
      'INVALID_INPUT',
      'image',
    ],
    [
      'a number as key',
      { ...generation, idempotencyKey: 5 } as unknown as Submission,
      'INVALID_INPUT',
      'idempotencyKey',
    ],
    ['a number as user', { ...generation, userId: 7 } as unknown as Submission, 'INVALID_INPUT', 'userId'],
    ['a private address', { ...generation, image: { url: 'https://10.0.0.1/x.png' } }, 'IMAGE_URL_BLOCKED', 'image'],
    ['a file URL', { ...generation, image: { url: 'file:///etc/passwd' } }, 'IMAGE_URL_BLOCKED', 'image'],
    [
      'an unknown concept',
      { type: 'refinement', original: { conceptId: '01890000-0000-7000-8000-000000000000' }, refinementPrompt: 'x' },
      'CONCEPT_NOT_FOUND',
      'original',
    ],
  ];
  it.each(broken)('refuses %s and writes nothing', async (_name, submission, code, field) => {
    const { client, blobs } = memoryClient();
    await expect(client.tasks.submit(submission)).rejects.toMatchObject({ code, field });
    expect((await client.tasks.list()).tasks).toEqual([]);
    expect(await collect(blobs.list('local'))).toEqual([]);
  });

  it('refuses a whole batch for one bad row, before the first is recorded', async () => {
    const { client } = memoryClient();
    await expect(client.tasks.submitMany([generation, { ...generation, numPalettes: 99 }])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect((await client.tasks.list()).tasks).toEqual([]);
  });

  it('gives the same task for the same key, and names the conflict for another input', async () => {
    const { client } = memoryClient();
    const first = await client.tasks.submit({ ...generation, idempotencyKey: 'k' });
    const again = await client.tasks.submit({ ...generation, idempotencyKey: 'k' });
    expect(again.id).toBe(first.id);
    await expect(client.tasks.submit({ ...generation, seed: 9, idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      message: expect.stringContaining(first.id),
    });
  });

  it('submits many in order', async () => {
    const { client } = memoryClient();
    const submissions = Array.from({ length: 1_203 }, (_, seed) => ({ ...generation, seed }));
    const tasks = await client.tasks.submitMany(submissions);
    expect(tasks.map((task) => (task.type === 'generation' ? task.input.seed : -1))).toEqual(
      submissions.map(({ seed }) => seed),
    );
  });

  it('submits a stream chunk by chunk: what was recorded before a bad row stays', async () => {
    const { client } = memoryClient();
    async function* rows() {
      for (let seed = 0; seed < 600; seed++) yield { ...generation, seed };
      yield { ...generation, numPalettes: 99 };
    }
    await expect(client.tasks.submitMany(rows())).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(/^row 601: numPalettes: /),
    });
    expect((await client.tasks.counts()).pending).toBe(500);
    const twice = new Set([generation, { ...generation, seed: 1 }]);
    expect(await client.tasks.submitMany(twice)).toHaveLength(2);
  });

  it('checks a submission without recording anything', async () => {
    const { client, blobs } = memoryClient();
    await client.tasks.check({ ...generation, image: { bytes: await png() } });
    await expect(client.tasks.check({ ...generation, numPalettes: 0 })).rejects.toMatchObject({ field: 'numPalettes' });
    expect((await client.tasks.list()).tasks).toEqual([]);
    expect(await collect(blobs.list('local'))).toEqual([]);
  });

  it('decodes equal uploads once, and refuses a bad one each time', async () => {
    const seen: number[] = [];
    const inspect = async (bytes: Uint8Array) => {
      seen.push(bytes.byteLength);
      return inspectImage(bytes);
    };
    const { client } = memoryClient({ imageInspector: { inspect } });
    const bytes = await png();
    await client.tasks.submitMany([1, 2, 3].map((seed) => ({ ...generation, seed, image: { bytes } })));
    expect(seen).toEqual([bytes.byteLength]);
    for (const _ of [1, 2]) {
      const damaged = { ...generation, image: { bytes: new Uint8Array([1, 2, 3]) } };
      await expect(client.tasks.submit(damaged)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    }
    expect(seen).toEqual([bytes.byteLength, 3, 3]);
  });

  it('ends a chunk early when its pictures are large', async () => {
    const { client, store } = memoryClient({ imageInspector: { inspect: async () => PNG_INSPECTION } });
    const sizes: number[] = [];
    const submitMany = store.tasks.submitMany.bind(store.tasks);
    const counted: typeof submitMany = (tasks, options) => {
      sizes.push(tasks.length);
      return submitMany(tasks, options);
    };
    Object.assign(store.tasks, { submitMany: counted });
    const rows = Array.from({ length: 5 }, (_, seed) => ({
      ...generation,
      seed,
      image: { bytes: new Uint8Array(15_000_000).fill(seed) },
    }));
    await client.tasks.submitMany(rows);
    expect(sizes).toEqual([3, 2]);
  });

  it('keeps a bound client to its user', async () => {
    const { client } = memoryClient({ onlyUserId: 'ann' });
    const task = await client.tasks.submit(generation);
    expect(task.userId).toBe('ann');
    await expect(client.tasks.submit({ ...generation, userId: 'bob' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(client.credits.grant({ userId: 'bob', amount: 1, key: 'k' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
  });

  it('charges credits when they are on', async () => {
    const costs = { generation: 2, refinement: 1, coloring: 1, rendition: 1 };
    const { client } = memoryClient({ credits: costs });
    await expect(client.tasks.submit(generation)).rejects.toMatchObject({ code: 'INSUFFICIENT_CREDITS' });
    await client.credits.grant({ userId: 'local', amount: 3, key: 'gift' });
    await client.tasks.submit(generation);
    expect(await client.credits.balance()).toEqual({ available: 1, held: 2 });
  });
});
