import { readFile, stat } from 'node:fs/promises';
import { ConceptError, invalidInput } from '../../core/errors.ts';
import { isUuid } from '../../core/id.ts';
import type { ImageArgument } from '../../sdk/submission.ts';

const URL_FORM = /^[a-z][a-z0-9+.-]*:\/\//i;

export function isUrl(given: string): boolean {
  return URL_FORM.test(given);
}

/**
 * An image as the user names it: a concept's (or its task's) id, a URL, or a file, which is read here.
 * @throws ConceptError INVALID_INPUT, IMAGE_TOO_LARGE naming the flag.
 */
export async function imageArgument(given: string, flag: string, maxBytes: number): Promise<ImageArgument> {
  if (isUrl(given)) return { url: given };
  if (isUuid(given)) return { conceptId: given };
  return { bytes: await readImageFile(given, flag, maxBytes) };
}

async function readImageFile(path: string, flag: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const status = await stat(path);
    if (!status.isFile()) throw notAFile(flag, path, status.isDirectory());
    // By the directory entry, before a byte is read: a huge file must not fill the memory.
    if (status.size > maxBytes) throw tooLarge(flag, status.size, maxBytes);
    return await readFile(path);
  } catch (thrown) {
    if (ConceptError.isInstance(thrown)) throw thrown;
    throw unreadable(flag, path, thrown);
  }
}

function notAFile(flag: string, path: string, isDirectory: boolean): ConceptError {
  const problem = isDirectory ? 'is a directory' : 'is not a regular file';
  return invalidInput(flag, `${path} ${problem}`, 'name an image file, such as logo.png');
}

function tooLarge(flag: string, bytes: number, maxBytes: number): ConceptError {
  return new ConceptError('IMAGE_TOO_LARGE', `${flag}: the file has ${bytes} bytes, at most ${maxBytes} are taken`, {
    hint: 'make it smaller, or raise CONCEPT_MAX_IMAGE_BYTES',
  });
}

function unreadable(flag: string, path: string, thrown: unknown): ConceptError {
  const { code = 'unknown error' } = thrown as NodeJS.ErrnoException;
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  const problem = missing ? `there is no file ${path}` : `${path} cannot be read (${code})`;
  const hint = missing ? 'name an existing file, a concept id or an https URL' : 'check that you may read it';
  return new ConceptError('INVALID_INPUT', `${flag}: ${problem}`, { hint, cause: thrown });
}
