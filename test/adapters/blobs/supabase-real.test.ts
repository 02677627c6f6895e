import { randomUUID } from 'node:crypto';
import { describe, it } from 'vitest';
import { supabaseBlobs } from '../../../src/adapters/blobs/supabase.ts';
import { connectSupabase } from '../../../src/adapters/supabase-connection.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { testBlobs } from '../../contracts/blobs.ts';
import { realProjectSettings } from '../../support/real-project.ts';

const real = realProjectSettings();

describe('over a real project', () => {
  // oxlint-disable-next-line vitest/no-conditional-tests -- skipped one by one they would hide which tests really are
  if ('missing' in real) {
    it.skip(`the blob store's contract: ${real.missing}`);
    return;
  }
  testBlobs('Supabase Storage', async () => {
    const connection = connectSupabase({ url: real.url, key: real.serviceRole });
    const { storage } = connection.client;
    const buckets = { concept: `test-${randomUUID()}`, palette: `test-${randomUUID()}` };
    const names = Object.values(buckets);
    for (const name of names) await storage.createBucket(name, { public: false });
    const blobs = supabaseBlobs({ connection, buckets, clock: systemClock });
    const cleanup = async (): Promise<void> => {
      for await (const { path } of blobs.list('')) await blobs.remove(path);
      for (const name of names) await storage.deleteBucket(name);
    };
    return { blobs, cleanup };
  });
});
