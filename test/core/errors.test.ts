import { expect, test } from 'vitest';
import { ConceptError, ERROR_CODES, invalidInput, toConceptError } from '../../src/core/errors.ts';

test('isInstance knows the errors of another copy of the package', async () => {
  const path = '../../src/core/errors.ts?copy';
  const copy = (await import(/* @vite-ignore */ path)) as { ConceptError: typeof ConceptError };
  const foreign = new copy.ConceptError('TIMEOUT', 'late');
  expect(foreign).not.toBeInstanceOf(ConceptError);
  expect(ConceptError.isInstance(foreign)).toBe(true);
  expect(copy.ConceptError.isInstance(new ConceptError('TIMEOUT', 'late'))).toBe(true);
  expect(toConceptError(foreign)).toBe(foreign);
});

test('isInstance is not fooled by look-alikes', () => {
  for (const value of [null, undefined, 'ConceptError', new Error('x'), { name: 'ConceptError', code: 'TIMEOUT' }]) {
    expect(ConceptError.isInstance(value)).toBe(false);
  }
});

test('whether an error is retryable comes from its code, unless it is said', () => {
  for (const [code, { retryable }] of Object.entries(ERROR_CODES)) {
    expect(new ConceptError(code as keyof typeof ERROR_CODES, 'x').retryable, code).toBe(retryable);
  }
  expect(new ConceptError('PROVIDER_FAILED', 'x', { retryable: false }).retryable).toBe(false);
  expect(new ConceptError('INVALID_INPUT', 'x', { retryable: true }).retryable).toBe(true);
});

test('keeps the cause and everything else it was given', () => {
  const cause = new Error('socket hang up');
  const details = { hint: 'try later', retryAfterMs: 500, stage: 'image', field: 'url', taskId: 't1' };
  const error = new ConceptError('PROVIDER_FAILED', 'no answer', { cause, ...details });
  expect(error).toMatchObject({ ...details, code: 'PROVIDER_FAILED', message: 'no answer', name: 'ConceptError' });
  expect(error.cause).toBe(cause);
  expect('cause' in new ConceptError('TIMEOUT', 'x')).toBe(false);
});

test('invalidInput names the field first', () => {
  const error = invalidInput('limit', 'must be from 1', 'give a smaller one');
  expect(error).toMatchObject({ code: 'INVALID_INPUT', field: 'limit', hint: 'give a smaller one' });
  expect(error.message).toBe('limit: must be from 1');
});

test('toConceptError wraps anything, with its cause', () => {
  const plain = new Error('boom');
  expect(toConceptError(plain)).toMatchObject({ code: 'INTERNAL', message: 'boom', cause: plain });
  expect(toConceptError('text', 'STORE_UNAVAILABLE')).toMatchObject({ code: 'STORE_UNAVAILABLE', message: 'text' });
  const aborted = new DOMException('aborted', 'AbortError');
  expect(toConceptError(aborted)).toMatchObject({ code: 'ABORTED', cause: aborted });
});
