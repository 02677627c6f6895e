import type { ImageInspector } from '../ports/image-inspector.ts';

/** Rows of a batch often share a few pictures; beyond so many the oldest is forgotten. */
const MOST_REMEMBERED = 1_000;

const inspected = new WeakMap<ImageInspector, Map<string, string>>();

/**
 * The content type of an upload, which is decoded once per inspector however often it comes.
 * @param hash SHA-256 of the bytes.
 * @throws what the inspector refuses, each time anew.
 */
export async function inspectOnce(bytes: Uint8Array, hash: string, inspector: ImageInspector): Promise<string> {
  const known = inspected.get(inspector) ?? new Map<string, string>();
  inspected.set(inspector, known);
  const remembered = known.get(hash);
  if (remembered !== undefined) return remembered;
  // Only the type is kept: an inspector may hand back all the pixels.
  const { contentType } = await inspector.inspect(bytes);
  known.set(hash, contentType);
  const [oldest] = known.keys();
  if (known.size > MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
  return contentType;
}
