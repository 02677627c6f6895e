import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { abortError, delay, throwIfAborted, underOwn } from '../../src/core/abort.ts';
import { ConceptError } from '../../src/core/errors.ts';

test('tells a time-out, an abort and an error of our own apart', async () => {
  const timeout = AbortSignal.timeout(1);
  await delay(60_000, timeout);
  expect(abortError(timeout)).toMatchObject({ code: 'TIMEOUT', retryable: true });
  expect(abortError(AbortSignal.abort())).toMatchObject({ code: 'ABORTED' });
  const own = new ConceptError('LEASE_LOST', 'gone');
  expect(abortError(AbortSignal.abort(own))).toBe(own);
});

test('throwIfAborted throws only then', () => {
  expect(() => throwIfAborted(undefined)).not.toThrow();
  expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
  expect(() => throwIfAborted(AbortSignal.abort())).toThrow(expect.objectContaining({ code: 'ABORTED' }));
});

test('delay waits, or ends as soon as the signal aborts, without an error', async () => {
  await expect(delay(1)).resolves.toBeUndefined();
  await expect(delay(60_000, AbortSignal.abort())).resolves.toBeUndefined();
  const abort = new AbortController();
  const waiting = delay(60_000, abort.signal);
  abort.abort();
  await expect(waiting).resolves.toBeUndefined();
});

test('underOwn gives work a signal that follows another, in which nothing of it is left afterwards', async () => {
  const abort = new AbortController();
  const first = await underOwn(abort.signal, async (own) => own!);
  expect(first).not.toBe(abort.signal);
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  const reason = new ConceptError('TIMEOUT', 'too late');
  const working = underOwn(abort.signal, async (own) => {
    abort.abort(reason);
    throwIfAborted(own);
  });
  await expect(working).rejects.toBe(reason);
  expect(first.aborted).toBe(false);
  expect((await underOwn(abort.signal, async (own) => own))!.aborted).toBe(true);
  expect(await underOwn(undefined, async (own) => own)).toBeUndefined();
});
