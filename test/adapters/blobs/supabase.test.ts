import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { supabaseBlobs } from '../../../src/adapters/blobs/supabase.ts';
import { connectSupabase } from '../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { ConceptError } from '../../../src/core/errors.ts';
import type { BlobStore } from '../../../src/ports/blob-store.ts';
import { testBlobs } from '../../contracts/blobs.ts';
import { type StorageDouble, startStorageDouble } from '../../doubles/storage.ts';
import { sparePort } from '../../support/spare-port.ts';
import { realProjectSettings } from '../../support/real-project.ts';

const SERVICE_KEY = 'sb_secret_of_the_tests';
const USERS = { u1: 'token-of-u1', u2: 'token-of-u2' };
const BUCKETS = { concept: 'concepts', palette: 'palettes' };
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2, 3]);
const PATH = 'u1/t1/0123456789abcdef.png';
const VARIATION = 'u1/t1/variations/0123456789abcdef.png';

let storage: StorageDouble;

async function start(): Promise<StorageDouble> {
  const double = await startStorageDouble({ serviceKey: SERVICE_KEY, users: USERS });
  for (const bucket of Object.values(BUCKETS)) double.addBucket(bucket);
  return double;
}

function blobsOf({ url }: StorageDouble, key = SERVICE_KEY, timeoutMs = 5_000, patienceMs?: number): BlobStore {
  const connection = connectSupabase({ url, key, timeoutMs });
  return supabaseBlobs({ connection, buckets: BUCKETS, clock: systemClock, patienceMs });
}

testBlobs('Supabase Storage (double)', async () => {
  const double = await start();
  return { blobs: blobsOf(double), cleanup: () => double.close() };
});

describe('Supabase blobs', () => {
  beforeEach(async () => {
    storage = await start();
  });
  afterEach(() => storage.close());

  it('keeps variations in a bucket of their own, with their type', async () => {
    const blobs = blobsOf(storage);
    await blobs.put(PATH, PNG);
    await blobs.put(VARIATION, PNG);
    expect([...storage.objects.keys()]).toEqual([`concepts/${PATH}`, `palettes/${VARIATION}`]);
    expect([...storage.objects.values()].map(({ contentType }) => contentType)).toEqual(['image/png', 'image/png']);
  });

  it('refuses bytes that are not what the path says, and sends nothing', async () => {
    const refusal = { code: 'INVALID_INPUT', field: 'bytes' };
    await expect(blobsOf(storage).put(PATH, Buffer.from('<html>'))).rejects.toMatchObject(refusal);
    expect(storage.requests).toEqual([]);
  });

  it('makes passing failures good', async () => {
    storage.failNext(503, 'drop', 500);
    await blobsOf(storage).put(PATH, PNG);
    expect(await blobsOf(storage).get(PATH)).toEqual(PNG);
  });

  it('gives up a storage that stays away, and says what to do', async () => {
    storage.failNext(503, 503, 503, 503);
    const failure = { code: 'STORE_UNAVAILABLE', retryable: true, hint: expect.stringContaining('concept doctor') };
    await expect(blobsOf(storage).get(PATH)).rejects.toMatchObject(failure);
    expect(storage.requests).toHaveLength(4);
  });

  it('does not repeat what will be refused again', async () => {
    storage.addBucket('concepts', { maxBytes: 4 });
    await expect(blobsOf(storage).put(PATH, PNG)).rejects.toMatchObject({ code: 'INVALID_INPUT', retryable: false });
    storage.addBucket('concepts', { mimeTypes: ['image/webp'] });
    await expect(blobsOf(storage).put(PATH, PNG)).rejects.toMatchObject({ code: 'INVALID_INPUT', retryable: false });
    await expect(blobsOf(storage, 'wrong').put(PATH, PNG)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(storage.requests).toHaveLength(3);
  });

  it('names a bucket that is missing', async () => {
    const connection = connectSupabase({ url: storage.url, key: SERVICE_KEY });
    const blobs = supabaseBlobs({ connection, buckets: { ...BUCKETS, concept: 'none' }, clock: systemClock });
    await expect(blobs.put(PATH, PNG)).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });

  it('ends with its signal, and never waits for a server that stalls', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const blobs = supabaseBlobs({
      connection: connectSupabase({ url: `http://127.0.0.1:${port}`, key: SERVICE_KEY, timeoutMs: 100 }),
      buckets: BUCKETS,
      clock: systemClock,
    });
    await expect(blobs.get(PATH, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(blobs.get(PATH)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('ends a request also when memory was tidied up meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    storage.failNext('hang');
    const ended = blobsOf(storage, SERVICE_KEY, 1_000, 1).get(PATH);
    const collecting = setInterval(collect, 100);
    await expect(ended).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    clearInterval(collecting);
  });

  it('gives all tries together one deadline', async () => {
    const failure = { code: 'STORE_UNAVAILABLE', retryable: true, message: expect.stringContaining('does not answer') };
    storage.failNext('hang');
    await expect(blobsOf(storage, SERVICE_KEY, 100, 50).get(PATH)).rejects.toMatchObject(failure);
    expect(storage.requests).toHaveLength(1);
    // What is left for the second try is much less than a request may take: longer than this test.
    storage.failNext(503, 'hang');
    // What the first said of the storage is told, and not that this one was cut off.
    const answered = { ...failure, message: expect.stringContaining('refused') };
    await expect(blobsOf(storage, SERVICE_KEY, 600_000, 1_000).get(PATH)).rejects.toMatchObject(answered);
    expect(storage.requests).toHaveLength(3);
  });

  it('gives an upload the time that its bytes take', async () => {
    const slow = await startStorageDouble({ serviceKey: SERVICE_KEY, latencyMs: 400 });
    slow.addBucket(BUCKETS.concept);
    const blobs = blobsOf(slow, SERVICE_KEY, 200, 1);
    const large = new Uint8Array(4_000_000);
    large.set(PNG);
    await expect(blobs.put(PATH, PNG)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    // It is stored, and only the answer about its time comes too late.
    await expect(blobs.put(PATH, large)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(slow.requests.map((request) => request.split(' ')[0])).toEqual(['POST', 'POST', 'GET']);
    await slow.close();
  });

  it('tells once that the storage is away, with the reason', async () => {
    const connection = connectSupabase({ url: `http://127.0.0.1:${await sparePort()}`, key: SERVICE_KEY });
    const { problems } = await supabaseBlobs({ connection, buckets: BUCKETS, clock: systemClock }).diagnose();
    expect(problems).toMatchObject([
      {
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('does not answer for bucket concepts: fetch failed: connect ECONNREFUSED'),
      },
    ]);
  });

  it('shows no key, wherever the storage put it', async () => {
    const other = 'sb_secret_0123456789abcdefghij';
    const old = 'own-key-1';
    const said = { statusCode: '400', error: `Bearer ${old}`, message: `${other} and ${old} are no keys` };
    storage.failNext({ status: 400, body: said }, { status: 404, body: { ...said, statusCode: '404' } });
    for (const code of ['STORE_UNAVAILABLE', 'BLOB_NOT_FOUND']) {
      const error = await blobsOf(storage, old)
        .put(PATH, PNG)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      const { message, hint, stack, cause } = error as ConceptError;
      const shown = inspect([message, hint, stack, cause], { depth: 5 });
      expect(shown).not.toMatch(/sb_secret_0|own-key/);
      expect(shown).toContain('[redacted]');
    }
  });

  it('keeps few requests under way', async () => {
    const slow = await startStorageDouble({ serviceKey: SERVICE_KEY, latencyMs: 5 });
    slow.addBucket(BUCKETS.concept);
    const blobs = blobsOf(slow);
    await Promise.all(Array.from({ length: 60 }, (_, index) => blobs.put(`u1/t1/${index}.png`, PNG)));
    await slow.close();
    expect(slow.mostAtOnce).toBeGreaterThan(1);
    expect(slow.mostAtOnce).toBeLessThanOrEqual(16);
  });

  it('gives addresses that can be read until they expire, and no longer', async () => {
    const blobs = blobsOf(storage);
    await blobs.put(PATH, PNG);
    const url = await blobs.url(PATH, { expiresInSeconds: 60 });
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(PNG);
    expect((await fetch(url.replace(/.$/, '!'))).status).toBe(400);
    expect((await fetch(await blobs.url(PATH, { expiresInSeconds: -1 }))).status).toBe(400);
  });

  it('lets a user reach only the own folder', async () => {
    await blobsOf(storage).put(PATH, PNG);
    const own = blobsOf(storage, USERS.u1);
    const other = blobsOf(storage, USERS.u2);
    expect(await own.get(PATH)).toEqual(PNG);
    await expect(other.get(PATH)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    await expect(other.url(PATH)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    await expect(other.put(PATH, PNG)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    expect(await other.remove(PATH)).toBe(false);
    expect(await own.get(PATH)).toEqual(PNG);
  });

  it('puts back what a removal took away and did not finish', async () => {
    const blobs = blobsOf(storage);
    const { storedAt } = await blobs.put(PATH, PNG);
    await blobs.put(VARIATION, PNG);
    const since = new Date(Date.parse(storedAt) + 10_000).toISOString();
    // Looked at, copied, removed; then the process was gone.
    storage.failNext(0, 0, 0, 'drop', 'drop', 'drop', 'drop');
    await expect(blobs.remove(PATH, { unlessStoredSince: since })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await blobs.stat(PATH)).toBeUndefined();
    expect(await blobs.removeLeftovers({ olderThan: storedAt })).toEqual({ files: 0, bytes: 0 });
    await blobs.removeLeftovers({ olderThan: since });
    expect(await blobs.get(PATH)).toEqual(PNG);
    expect(await blobs.get(VARIATION)).toEqual(PNG);
    expect(storage.objects.size).toBe(2);
  });
});

const real = realProjectSettings();
if ('missing' in real) process.stderr.write(`skipped: ${real.missing}\n`);

if (!('missing' in real)) {
  testBlobs('Supabase Storage of a real project', async () => {
    const connection = connectSupabase({ url: real.url, key: real.serviceRole });
    const client = connection.client.storage;
    const buckets = { concept: `test-${randomUUID()}`, palette: `test-${randomUUID()}` };
    const names = Object.values(buckets);
    for (const name of names) await client.createBucket(name, { public: false });
    const blobs = supabaseBlobs({ connection, buckets, clock: systemClock });
    const cleanup = async (): Promise<void> => {
      for await (const { path } of blobs.list('')) await blobs.remove(path);
      for (const name of names) await client.deleteBucket(name);
    };
    return { blobs, cleanup };
  });
}
