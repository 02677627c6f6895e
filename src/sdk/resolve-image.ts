import { blobPathOf } from '../core/blob-path.ts';
import { ConceptError, invalidInput } from '../core/errors.ts';
import type { ImageSource } from '../core/task-input.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { inspectOnce } from './inspect-once.ts';
import { sha256 } from './sha256.ts';
import type { ImageArgument } from './submission.ts';

/** All uploads of a user share one folder: the same picture sent twice is stored once. */
const UPLOAD_FOLDER = 'uploads';

/** An upload that belongs to a submission and is not stored yet. */
export interface Upload {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ResolvedImage {
  readonly source: ImageSource;
  readonly upload: Upload | undefined;
}

interface ImageContext {
  readonly field: string;
  readonly userId: string;
  readonly dependencies: ClientDependencies;
}

/**
 * Checks the image that a submission names, as far as that goes before a task exists; undefined when it names none.
 * @throws ConceptError naming the field: INVALID_INPUT, IMAGE_*, CONCEPT_NOT_FOUND
 */
export async function resolveImage(value: unknown, context: ImageContext): Promise<ResolvedImage | undefined> {
  if (value === undefined) return undefined;
  const argument = imageArgumentOf(value, context.field);
  if ('bytes' in argument) return resolveUpload(argument.bytes, context);
  if ('url' in argument) {
    await context.dependencies.checkImageUrl(argument.url).catch((thrown: unknown) => {
      throw inField(thrown, context.field);
    });
    return { source: { kind: 'url', url: argument.url }, upload: undefined };
  }
  await assertConceptExists(argument.conceptId, context);
  return { source: { kind: 'concept', conceptId: argument.conceptId }, upload: undefined };
}

/** Callers without a type checker send anything. */
function imageArgumentOf(value: unknown, field: string): ImageArgument {
  const hint = 'give one of { bytes: Uint8Array }, { url: string } or { conceptId: string }';
  if (typeof value !== 'object' || value === null) throw invalidInput(field, 'expected an object', hint);
  const { bytes, url, conceptId } = value as Readonly<Record<string, unknown>>;
  if (bytes instanceof Uint8Array) return { bytes };
  if (typeof url === 'string') return { url };
  if (typeof conceptId === 'string') return { conceptId };
  throw invalidInput(field, 'names no image', hint);
}

async function resolveUpload(
  bytes: Uint8Array,
  { field, userId, dependencies }: ImageContext,
): Promise<{ source: ImageSource; upload: Upload }> {
  const hash = sha256(bytes);
  const contentType = await inspectOnce(bytes, hash, dependencies.imageInspector).catch((thrown: unknown) => {
    throw inField(thrown, field);
  });
  const path = blobPathOf({ userId, taskId: UPLOAD_FOLDER }, { sha256: hash, contentType });
  return { source: { kind: 'blob', path }, upload: { path, bytes } };
}

function inField(thrown: unknown, field: string): unknown {
  if (!ConceptError.isInstance(thrown)) return thrown;
  return new ConceptError(thrown.code, `${field}: ${thrown.message}`, { cause: thrown, field, hint: thrown.hint });
}

async function assertConceptExists(conceptId: string, { field, userId, dependencies }: ImageContext): Promise<void> {
  const concept = await dependencies.store.concepts.get(conceptId, { userId });
  if (concept) return;
  throw new ConceptError('CONCEPT_NOT_FOUND', `${field}: there is no concept ${conceptId} of user ${userId}`, {
    field,
    hint: 'list finished concepts with: concept list --status completed',
  });
}
