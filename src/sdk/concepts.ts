import type { Concept, Palette, StoredImage } from '../core/concept.ts';
import type { ConceptPage } from '../ports/concept-store.ts';
import { type CallSettings, withCallSettings } from './call-options.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { conceptNotFound } from './not-found.ts';

/** One image of a concept, with a URL to read it by. */
export interface ConceptImage {
  /** Null for the base image. */
  readonly palette: Palette | null;
  readonly image: StoredImage;
  /** `file:` in embedded mode, a signed URL that expires in hosted mode. */
  readonly url: string;
}

export interface ConceptsResource {
  /** @throws ConceptError CONCEPT_NOT_FOUND */
  get(conceptId: string, settings?: CallSettings): Promise<Concept>;
  /** Newest first. */
  list(query?: { readonly limit?: number; readonly cursor?: string }, settings?: CallSettings): Promise<ConceptPage>;
  /** The base image and then one per palette. @throws ConceptError CONCEPT_NOT_FOUND */
  images(conceptId: string, settings?: CallSettings): Promise<readonly ConceptImage[]>;
  /**
   * Saves all images and `concept.json` in a directory, which is made when missing; existing files of the same names are replaced.
   * @returns the paths of the saved files, the base image first.
   */
  download(conceptId: string, directory: string, settings?: CallSettings): Promise<readonly string[]>;
}

export function conceptsResource({ store, blobs, onlyUserId }: ClientDependencies): ConceptsResource {
  const found = async (conceptId: string, signal?: AbortSignal): Promise<Concept> => {
    const concept = await store.concepts.get(conceptId, { userId: onlyUserId, signal });
    if (concept) return concept;
    throw conceptNotFound(conceptId);
  };

  return {
    get: (conceptId, settings) => withCallSettings(settings, (signal) => found(conceptId, signal)),
    list: (query = {}, settings) =>
      withCallSettings(settings, (signal) => store.concepts.list({ ...query, userId: onlyUserId }, { signal })),
    images: (conceptId, settings) =>
      withCallSettings(settings, async (signal) => {
        const concept = await found(conceptId, signal);
        const all = [{ palette: null, image: concept.image }, ...concept.variations];
        return Promise.all(all.map(async (one) => ({ ...one, url: await blobs.url(one.image.path, { signal }) })));
      }),
    download: (conceptId, directory, settings) =>
      withCallSettings(settings, async (signal) => {
        const { saveImages } = await import('./save-images.ts');
        return saveImages(await found(conceptId, signal), directory, blobs, signal);
      }),
  };
}
