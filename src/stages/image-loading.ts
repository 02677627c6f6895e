import type { Concept } from '../core/concept.ts';
import { ConceptError } from '../core/errors.ts';
import type { ImageSource } from '../core/task-input.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { ConceptStore } from '../ports/concept-store.ts';
import type { ImageFetcher } from '../ports/image-fetcher.ts';
import type { StageOptions } from './stage.ts';

export interface LoadedImage {
  readonly bytes: Uint8Array;
  /** The concept whose base image this is, when the source names one. */
  readonly concept: Concept | null;
}

export interface ImageLoadingDependencies {
  readonly blobs: BlobStore;
  readonly concepts: ConceptStore;
  readonly imageFetcher: ImageFetcher;
}

/** Reads an image from wherever its source says; a concept must belong to the same user. */
export async function loadImage(
  { source, userId }: { readonly source: ImageSource; readonly userId: string },
  { blobs, concepts, imageFetcher }: ImageLoadingDependencies,
  { signal }: StageOptions,
): Promise<LoadedImage> {
  switch (source.kind) {
    case 'blob':
      return { bytes: await blobs.get(source.path, { signal }), concept: null };
    case 'url': {
      const { bytes } = await imageFetcher.fetch(source.url, { signal });
      return { bytes, concept: null };
    }
    case 'concept': {
      const concept = await concepts.get(source.conceptId, { userId, signal });
      if (!concept) throw new ConceptError('CONCEPT_NOT_FOUND', `there is no concept ${source.conceptId} of this user`);
      return { bytes: await blobs.get(concept.image.path, { signal }), concept };
    }
    default:
      return source satisfies never;
  }
}
