import { ConceptError, toConceptError } from '../../../core/errors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);
const NOT_A_DIRECTORY = new Set(['ENOTDIR', 'EEXIST']);

/** The `code` of a system error, else undefined. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error &&
    !ConceptError.isInstance(thrown) &&
    'code' in thrown &&
    typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}

/** Says what a failed write to the blob directory means and what to do about it; a ConceptError passes through. */
export function writeError(thrown: unknown, root: string): ConceptError {
  const code = errnoOf(thrown) ?? '';
  if (FULL.has(code)) {
    return new ConceptError('STORAGE_FULL', `the disk of ${root} is full`, {
      cause: thrown,
      hint: 'free some space there, or set CONCEPT_HOME to a directory on another disk',
    });
  }
  if (READ_ONLY.has(code)) {
    return new ConceptError('STORAGE_READ_ONLY', `cannot write to ${root} (${code})`, {
      cause: thrown,
      hint: 'make the directory writable, or set CONCEPT_HOME to one that is',
    });
  }
  return otherError(thrown, root);
}

/** The same for a failed read. */
export function readError(thrown: unknown, root: string): ConceptError {
  const code = errnoOf(thrown) ?? '';
  if (!READ_ONLY.has(code)) return otherError(thrown, root);
  return new ConceptError('NOT_ALLOWED', `cannot read from ${root} (${code})`, {
    cause: thrown,
    hint: 'give this user the right to read the directory, or set CONCEPT_HOME to another one',
  });
}

function otherError(thrown: unknown, root: string): ConceptError {
  if (!NOT_A_DIRECTORY.has(errnoOf(thrown) ?? '')) return toConceptError(thrown);
  return new ConceptError('INVALID_CONFIG', `${root} is not a directory`, {
    cause: thrown,
    hint: 'move the file that is in the way, or set CONCEPT_HOME to a directory',
  });
}
