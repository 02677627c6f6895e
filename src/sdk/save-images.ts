import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { extensionOf } from '../core/blob-path.ts';
import { mapBounded } from '../core/concurrently.ts';
import type { Concept } from '../core/concept.ts';
import { ConceptError } from '../core/errors.ts';
import type { BlobStore } from '../ports/blob-store.ts';

const SAVES_AT_ONCE = 4;
const MAX_SLUG_LENGTH = 48;

/** Writes a concept's images and its record into a directory. @returns absolute paths, the base image first. */
export async function saveImages(
  concept: Concept,
  directory: string,
  blobs: BlobStore,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly string[]> {
  const folder = resolve(directory);
  await makeDirectory(folder).catch((thrown: unknown) => {
    throw saveError(folder, thrown);
  });
  const files = [
    { name: `base.${extensionOf(concept.image.contentType)}`, path: concept.image.path },
    ...concept.variations.map(({ palette, image }, index) => ({
      name: `${String(index + 1).padStart(2, '0')}-${slug(palette.name)}.${extensionOf(image.contentType)}`,
      path: image.path,
    })),
  ];
  const saved = await mapBounded(files, SAVES_AT_ONCE, signal, async ({ name, path }, _index, stepSignal) => {
    const bytes = await blobs.get(path, { signal: stepSignal });
    return writeWhole(join(folder, name), bytes);
  });
  saved.push(await writeWhole(join(folder, 'concept.json'), `${JSON.stringify(concept, null, 2)}\n`));
  return saved;
}

/** One level at a time: `recursive` never returns where a parent exists and takes no children (Node 20 on `/proc`). */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || path === dirname(path) || (await exists(dirname(path)))) throw thrown;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A reader of the directory sees whole files only. */
async function writeWhole(file: string, data: string | Uint8Array): Promise<string> {
  const temporary = `${file}.${process.pid}.part`;
  try {
    await writeFile(temporary, data);
    await rename(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw saveError(file, thrown);
  }
  return file;
}

function saveError(path: string, thrown: unknown): ConceptError {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC') {
    return new ConceptError('STORAGE_FULL', `no space left to write ${path}`, {
      cause: thrown,
      hint: 'free some space, or choose another directory',
    });
  }
  const problem =
    code === 'EEXIST' || code === 'ENOTDIR' ? 'is not a directory' : `cannot be written (${code ?? 'unknown error'})`;
  return new ConceptError('INVALID_INPUT', `out: ${path} ${problem}`, {
    cause: thrown,
    field: 'out',
    hint: 'choose a directory that you may write to',
  });
}

function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return plain.slice(0, MAX_SLUG_LENGTH) || 'palette';
}
