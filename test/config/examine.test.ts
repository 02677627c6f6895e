import { describe, expect, it } from 'vitest';
import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { type BackendOpeners, examine } from '../../src/config/examine.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { ConceptError } from '../../src/core/errors.ts';

const config = loadConfig({ environment: { XDG_CONFIG_HOME: '/nonexistent' }, directory: '/nonexistent' });
const damaged = () =>
  Promise.reject(new ConceptError('STORE_CORRUPT', 'it is torn', { hint: 'mend it: concept doctor' }));
const openers: BackendOpeners = { store: damaged, queue: damaged, blobs: async () => memoryBlobs() };

describe('examine', () => {
  it('tells once of a part that cannot be opened, and goes on with the others', async () => {
    expect(await examine(config, openers, new AbortController().signal)).toEqual({
      facts: { store: { store: 'sqlite' }, queue: { queue: 'store' }, blobs: { blobs: 'memory' } },
      // Whoever reads a problem has asked the doctor already.
      problems: [{ part: 'store', code: 'STORE_CORRUPT', message: 'it is torn', hint: 'mend it' }],
      workers: null,
      counts: null,
    });
  });

  it('ends with its signal', async () => {
    await expect(examine(config, openers, AbortSignal.abort())).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});
