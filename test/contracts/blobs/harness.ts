import { test } from 'vitest';
import type { BlobStore } from '../../../src/ports/blob-store.ts';

export interface BlobsHarness {
  readonly blobs: BlobStore;
  cleanup(): Promise<void>;
}

export type MakeBlobs = () => Promise<BlobsHarness>;

export const PATH = 'u1/t1/0123456789abcdef.png';
/** Begins as a PNG does. */
export const BYTES = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 255]);

/** Registers tests that each get an empty store of their own. */
export function blobsTest(make: MakeBlobs) {
  return (title: string, body: (blobs: BlobStore) => Promise<void>): void => {
    test(title, async () => {
      const harness = await make();
      try {
        await body(harness.blobs);
      } finally {
        await harness.cleanup();
      }
    });
  };
}

/** The paths in a folder, sorted. */
export async function listed(blobs: BlobStore, prefix: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of blobs.list(prefix)) paths.push(path);
  return paths.toSorted();
}

/** A time some milliseconds after another, ISO 8601. */
export function later(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
