import { invalidInput } from './errors.ts';

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
/** 64 bits of the hash: within one task's folder a collision needs billions of images. */
const HASH_PREFIX_LENGTH = 16;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/gif': 'gif',
  'image/svg+xml': 'svg',
  'application/pdf': 'pdf',
  'application/json': 'json',
};

/** Variations lie in a folder of their own within their task's: some stores keep them apart. */
const VARIATIONS = 'variations';

/**
 * Immutable path of a task's file: `<user>/<task>/<sha256-prefix>.<ext>`, of a variation `<user>/<task>/variations/…`. Equal bytes
 * of one task share a path.
 */
export function blobPathOf(
  { userId, taskId, isVariation = false }: BlobOwner,
  { sha256, contentType }: { readonly sha256: string; readonly contentType: string },
): string {
  const folder = isVariation ? `${userId}/${taskId}/${VARIATIONS}` : `${userId}/${taskId}`;
  const path = `${folder}/${sha256.slice(0, HASH_PREFIX_LENGTH)}.${extensionOf(contentType)}`;
  assertBlobPath(path);
  return path;
}

export interface BlobOwner {
  readonly userId: string;
  readonly taskId: string;
  /** Default false. */
  readonly isVariation?: boolean | undefined;
}

/** Whether a path is a variation's; those stored by earlier versions lie beside their base image. */
export function isVariationPath(path: string): boolean {
  return path.split('/')[2] === VARIATIONS;
}

/** File extension for a content type, without the dot; `bin` for an unknown one. */
export function extensionOf(contentType: string): string {
  return EXTENSIONS[contentType] ?? 'bin';
}

/** Content type by the path's extension; `application/octet-stream` for an unknown one. */
export function contentTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const found = Object.entries(EXTENSIONS).find(([, candidate]) => candidate === extension);
  return found?.[0] ?? 'application/octet-stream';
}

/** Refuses anything that could leave the store's root: absolute paths, `..`, empty or odd segments. */
export function assertBlobPath(path: string): void {
  const segments = path.split('/');
  if (segments.length >= 2 && segments.every((segment) => SEGMENT.test(segment))) return;
  throw invalidInput('path', `not a blob path: ${JSON.stringify(path.slice(0, 200))}`);
}

/** A listing's prefix as the folder that it names, with a slash at its end; '' stays. @throws INVALID_INPUT as for a path. */
export function blobFolderOf(prefix: string): string {
  if (prefix === '') return '';
  const folder = prefix.endsWith('/') ? prefix : `${prefix}/`;
  assertBlobPath(`${folder}x`);
  return folder;
}
