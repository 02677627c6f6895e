import { expect, test } from 'vitest';
import { memoryBlobs } from '../../../src/adapters/blobs/memory.ts';
import { testBlobs } from '../../contracts/blobs.ts';

testBlobs('memoryBlobs', async () => ({ blobs: memoryBlobs(), cleanup: async () => {} }));

test('its URL can be fetched', async () => {
  const blobs = memoryBlobs();
  await blobs.put('u1/t1/a.png', Uint8Array.from([1, 2, 3]));
  const response = await fetch(await blobs.url('u1/t1/a.png'));
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.from([1, 2, 3]));
});
