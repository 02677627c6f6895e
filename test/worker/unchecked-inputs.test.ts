import { createClient } from '@supabase/supabase-js';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { httpImageFetcher } from '../../src/adapters/fetchers/http.ts';
import { openSupabase } from '../../src/adapters/stores/supabase.ts';
import { connectSupabase } from '../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import { skipsPostgres } from '../support/postgres.ts';
import { useTestProject } from '../support/supabase.ts';
import { workerOver } from './fault-support.ts';

const USER = '11111111-1111-4111-8111-111111111111';
const whole = { logoDescription: 'a fox', themeDescription: 'night' };

describe.skipIf(skipsPostgres())('a task that a user submitted past this package', () => {
  const project = useTestProject();
  let images: ReturnType<typeof scriptedImageProvider>;
  beforeEach(() => {
    images = scriptedImageProvider();
  });

  const submit = async (input: object, type = 'concept_generation'): Promise<string> => {
    const { api } = project;
    const client = createClient(api.url, api.keys.publishable, {
      accessToken: async () => api.tokenOf(USER),
      realtime: { transport: class {} as never },
    });
    const id = randomUUID();
    const task = { id, type, input, inputHash: 'h', priority: 0, maxAttempts: 3 };
    const { error } = await client.rpc('concept_submit', { request: { tasks: [task], writeId: randomUUID() } });
    expect(error).toBeNull();
    return id;
  };

  const drain = async () => {
    const { url, keys } = project.api;
    const backend = openSupabase({ connection: connectSupabase({ url, key: keys.secret }), clock: systemClock });
    const processing = {
      images,
      palettes: scriptedPaletteProvider(),
      blobs: memoryBlobs(),
      imageFetcher: httpImageFetcher({}),
      imageLimits: DEFAULT_IMAGE_LIMITS,
      clock: systemClock,
    };
    await workerOver(backend, { processing }).run({ signal: AbortSignal.timeout(20_000), drain: true });
    return backend.store;
  };

  it.each([
    ['a text that is none', { ...whole, logoDescription: { toString: 'x' } }, 'logoDescription'],
    ['a number of palettes that is none', { ...whole, numPalettes: 2.5 }, 'numPalettes'],
    ['no theme', { logoDescription: 'a fox' }, 'themeDescription'],
    ['an image of no kind', { ...whole, image: { kind: 'file', path: '/etc/passwd' } }, 'image.kind'],
    ['a field that nobody knows', { ...whole, admin: true }, 'admin'],
  ])('fails for good when its input has %s, and the worker goes on', async (_, input, field) => {
    const wrong = await submit(input);
    const right = await submit(whole);
    const store = await drain();
    const error = { code: 'INVALID_INPUT', retryable: false, message: expect.stringContaining(`${field}: `) };
    expect(await store.tasks.get(wrong)).toMatchObject({ status: 'failed', attempt: 1, error });
    expect(await store.tasks.get(right)).toMatchObject({ status: 'completed' });
  });

  it('fails for good when it names an image that is not to be fetched', async () => {
    const id = await submit({ ...whole, image: { kind: 'url', url: 'http://169.254.169.254/latest' } });
    const store = await drain();
    const error = { code: 'IMAGE_URL_BLOCKED', retryable: false };
    expect(await store.tasks.get(id)).toMatchObject({ status: 'failed', attempt: 1, error });
  });

  it('is worked with the defaults of what it leaves out', async () => {
    const id = await submit(whole);
    const store = await drain();
    const concept = await store.concepts.get((await store.tasks.get(id))!.resultId!);
    expect(concept!.variations).toHaveLength(7);
    expect(images.calls).toHaveLength(1);
  });
});
