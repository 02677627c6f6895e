import { fileURLToPath } from 'node:url';
import type { Runtime } from './runtime-types.ts';

/** Where a concept's stored images are, the base image first: local paths, or URLs when they are not on this machine. */
export async function imageFiles({ client }: Runtime, conceptId: string): Promise<readonly string[]> {
  const images = await client.concepts.images(conceptId);
  return images.map(({ url }) => (url.startsWith('file:') ? fileURLToPath(url) : url));
}
