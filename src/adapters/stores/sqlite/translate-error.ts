import { accessSync, constants, existsSync, statSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConceptError } from '../../../core/errors.ts';
import { RESULT, resultCode } from './result-code.ts';

/** Another process holds the lock: trying again soon will help. */
export function isBusy(thrown: unknown): boolean {
  const code = resultCode(thrown);
  return code === RESULT.busy || code === RESULT.locked;
}

/** After these SQLite may have undone the whole transaction already: no part of it can be saved. */
export function endsTransaction(thrown: unknown): boolean {
  const code = resultCode(thrown);
  return code === RESULT.full || code === RESULT.ioError || code === RESULT.corrupt || code === RESULT.noMemory;
}

/** The one place where errors of the driver and of the file system become ours; a ConceptError passes through. */
export function translateError(thrown: unknown, file: string): ConceptError {
  if (ConceptError.isInstance(thrown)) return thrown;
  switch (resultCode(thrown)) {
    case RESULT.busy:
    case RESULT.locked:
      return storeBusy(file, thrown);
    case RESULT.corrupt:
    case RESULT.notADatabase:
      return storeCorrupt(file, 'is damaged, or not a database', thrown);
    case RESULT.full:
      return storageFull(file, thrown);
    case RESULT.readOnly:
      return storageReadOnly(file, thrown);
    case RESULT.ioError:
      return hasFreeSpace(file) ? storeUnavailable(file, thrown) : storageFull(file, thrown);
    case RESULT.cannotOpen:
      return translateErrno(accessProblem(file), file, thrown);
    case undefined:
    default:
      return translateErrno((thrown as NodeJS.ErrnoException | null)?.code, file, thrown);
  }
}

export function storeBusy(file: string, cause?: unknown): ConceptError {
  return new ConceptError('STORE_UNAVAILABLE', `the database ${file} is locked by another process`, {
    cause,
    hint: 'try again; if it stays locked, look for a stopped or hanging process that has it open',
  });
}

export function storeCorrupt(file: string, problem: string, cause?: unknown): ConceptError {
  return new ConceptError('STORE_CORRUPT', `the database ${file} ${problem}`, {
    cause,
    hint: 'restore it from a backup, or move it away to start with an empty one',
  });
}

function translateErrno(code: string | undefined, file: string, cause: unknown): ConceptError {
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return storageReadOnly(file, cause);
  if (code === 'EEXIST' || code === 'ENOTDIR') return notADirectory(file, cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') return storageFull(file, cause);
  return storeUnavailable(file, cause);
}

function notADirectory(file: string, cause: unknown): ConceptError {
  const path = nearestAbove(file);
  if (isDirectory(path)) return storeUnavailable(file, cause);
  return new ConceptError('STORE_UNAVAILABLE', `cannot use the database ${file}: ${path} is a file, not a directory`, {
    cause,
    retryable: false,
    hint: 'move it away, or choose a directory for the data with CONCEPT_HOME',
  });
}

/** What exists of the way to the file; when it is no directory, nothing can be made in it. */
function nearestAbove(file: string): string {
  let path = dirname(file);
  while (path !== dirname(path) && !existsSync(path)) path = dirname(path);
  return path;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function storageReadOnly(file: string, cause: unknown): ConceptError {
  return new ConceptError('STORAGE_READ_ONLY', `cannot write the database ${file}`, {
    cause,
    hint: 'make the file and its directory writable, or choose another data directory with CONCEPT_HOME',
  });
}

function storageFull(file: string, cause: unknown): ConceptError {
  return new ConceptError('STORAGE_FULL', `no space left for the database ${file}`, {
    cause,
    hint: 'free some space, or choose another data directory with CONCEPT_HOME',
  });
}

function storeUnavailable(file: string, cause: unknown): ConceptError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new ConceptError('STORE_UNAVAILABLE', `cannot use the database ${file}: ${reason}`, {
    cause,
    hint: 'check that the path is a file on a local disk, or choose another data directory with CONCEPT_HOME',
  });
}

/** Why the file cannot be opened for writing: SQLite says only that it cannot. */
function accessProblem(file: string): string | undefined {
  if (!isDirectory(nearestAbove(file))) return 'ENOTDIR';
  try {
    const target = statSync(file, { throwIfNoEntry: false }) ? file : dirname(file);
    accessSync(target, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code;
  }
}

function hasFreeSpace(file: string): boolean {
  try {
    return statfsSync(dirname(file)).bavail > 0;
  } catch {
    return true;
  }
}
