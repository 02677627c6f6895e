import { describe, expect, it } from 'vitest';
import { EXIT_CODES, exitCodeOf } from '../../src/cli/exit-codes.ts';
import { ConceptError, ERROR_CODES, type ErrorCode } from '../../src/core/errors.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

describe('exit codes', () => {
  it('has one for every error code', () => {
    expect(Object.keys(EXIT_CODES).toSorted()).toEqual(CODES.toSorted());
  });

  it.each<[ErrorCode, number]>([
    ['INVALID_INPUT', 2],
    ['INVALID_CONFIG', 2],
    ['IMAGE_URL_BLOCKED', 2],
    ['TASK_NOT_FOUND', 3],
    ['CONCEPT_NOT_FOUND', 3],
    ['NOT_ALLOWED', 4],
    ['INSUFFICIENT_CREDITS', 4],
    ['STORE_UNAVAILABLE', 5],
    ['STORE_CORRUPT', 5],
    ['STORE_TOO_NEW', 5],
    ['STORAGE_READ_ONLY', 5],
    ['STORAGE_FULL', 5],
    ['TIMEOUT', 124],
    ['ABORTED', 130],
  ])('%s is %i', (code, expected) => {
    expect(exitCodeOf(new ConceptError(code, 'x'))).toBe(expected);
  });

  it.each(CODES)('%s as the end of a task is 1', (code) => {
    expect(exitCodeOf(new ConceptError(code, 'x', { taskId: 't' }))).toBe(1);
  });
});
