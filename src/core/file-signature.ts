import { ConceptError } from './errors.ts';
import { contentTypeOf } from './blob-path.ts';

type Signature = (bytes: Uint8Array) => boolean;

/** The first bytes that files of a type have, by the formats' own specifications. */
const SIGNATURES: Readonly<Record<string, Signature>> = {
  'image/png': startsWith(0, '\x89PNG\r\n\x1a\n'),
  'image/jpeg': startsWith(0, '\xff\xd8\xff'),
  'image/gif': startsWith(0, 'GIF8'),
  'image/webp': (bytes) => startsWith(0, 'RIFF')(bytes) && startsWith(8, 'WEBP')(bytes),
  'image/avif': (bytes) => startsWith(4, 'ftypavi')(bytes) || startsWith(4, 'ftypmif1')(bytes),
  'application/pdf': startsWith(0, '%PDF-'),
};

/**
 * Holds a file against what its path says it is: a store that only takes down the declared type would hand anything out as an image.
 * @throws ConceptError INVALID_INPUT naming `bytes`
 */
export function assertFileSignature(path: string, bytes: Uint8Array): void {
  const contentType = contentTypeOf(path);
  const isOfType = SIGNATURES[contentType];
  if (!isOfType || isOfType(bytes)) return;
  throw new ConceptError('INVALID_INPUT', `bytes: not a file of the type ${contentType} that ${path} says`, {
    field: 'bytes',
    hint: 'store it under a path with the extension of its own type',
  });
}

/** @param text a character per byte. */
function startsWith(offset: number, text: string): Signature {
  const expected = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return (bytes) => expected.every((byte, index) => bytes[offset + index] === byte);
}
