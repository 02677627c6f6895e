import { describe } from 'vitest';
import { testFinding } from './blobs/finding.ts';
import type { MakeBlobs } from './blobs/harness.ts';
import { testRefusing } from './blobs/refusing.ts';
import { testRemoving } from './blobs/removing.ts';
import { testStoring } from './blobs/storing.ts';

/** The contract of the `BlobStore` port. `make` gives every test an empty store of its own. */
export function testBlobs(name: string, make: MakeBlobs): void {
  describe(`${name} keeps the blob store contract`, () => {
    testStoring(make);
    testFinding(make);
    testRemoving(make);
    testRefusing(make);
  });
}
