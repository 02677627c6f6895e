import type { IncomingMessage } from 'node:http';
import { ConceptError } from '../../../core/errors.ts';
import { nameOf } from './blocked-url.ts';

/**
 * Reads a body up to a limit that is checked on the declared length and again on every chunk, as servers lie or never end.
 * @throws IMAGE_TOO_LARGE
 */
export async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(response.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge(url, maxBytes);
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    received += chunk.byteLength;
    if (received > maxBytes) throw tooLarge(url, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(url: URL, maxBytes: number): ConceptError {
  const limit = `${(maxBytes / 2 ** 20).toFixed(1)} MB`;
  return new ConceptError('IMAGE_TOO_LARGE', `${nameOf(url)} sends more than the limit of ${limit}`, {
    hint: 'use a smaller image',
  });
}
