import { createHash } from 'node:crypto';
import { blobPathOf } from '../core/blob-path.ts';
import type { StoredImage } from '../core/concept.ts';
import { inspectImage } from '../imaging/inspect-image.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { StageOptions } from './stage.ts';

export interface ImageToStore {
  readonly bytes: Uint8Array;
  readonly userId: string;
  readonly taskId: string;
  /** Default false. */
  readonly isVariation?: boolean | undefined;
}

/** Stores bytes under their task's immutable, content-addressed path, whatever they are. */
export async function storeBytes(
  { bytes, contentType, ...owner }: ImageToStore & { readonly contentType: string },
  { blobs }: { readonly blobs: BlobStore },
  { signal }: StageOptions,
): Promise<Pick<StoredImage, 'path' | 'sha256'>> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = blobPathOf(owner, { sha256, contentType });
  await blobs.put(path, bytes, { signal });
  return { path, sha256 };
}

/** Stores an image under its task's immutable, content-addressed path. */
export async function storeImage(
  image: ImageToStore,
  dependencies: { readonly blobs: BlobStore },
  options: StageOptions,
): Promise<StoredImage> {
  const { bytes } = image;
  const { contentType, width, height } = await inspectImage(bytes);
  const { path, sha256 } = await storeBytes({ ...image, contentType }, dependencies, options);
  return { path, width, height, bytes: bytes.byteLength, contentType, sha256 };
}
