import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { delay } from '../../src/core/abort.ts';
import { allOrAbort, mapBounded, settleBounded } from '../../src/core/concurrently.ts';
import { ConceptError } from '../../src/core/errors.ts';

const NEVER = new AbortController().signal;

describe('allOrAbort', () => {
  test('gives the results in the order of the steps', async () => {
    const results = await allOrAbort([async () => (await sleep(10), 'slow'), async () => 2], NEVER);
    expect(results).toEqual(['slow', 2]);
  });

  test('aborts the others when one fails, awaits them, and throws the first failure', async () => {
    const failure = new Error('first');
    const ended: string[] = [];
    const steps = [
      async () => Promise.reject(failure),
      async (signal: AbortSignal) => {
        await delay(60_000, signal);
        await sleep(20);
        ended.push('tidied up');
        throw new Error('second');
      },
    ];
    await expect(allOrAbort(steps, NEVER)).rejects.toBe(failure);
    expect(ended).toEqual(['tidied up']);
  });

  test('hands the steps the failure as the reason', async () => {
    const failure = new Error('first');
    const reasons: unknown[] = [];
    const watcher = async (signal: AbortSignal): Promise<void> => {
      await delay(60_000, signal);
      reasons.push(signal.reason);
    };
    await expect(allOrAbort([watcher, async () => Promise.reject(failure)], NEVER)).rejects.toBe(failure);
    expect(reasons).toEqual([failure]);
  });

  test('passes an abort from outside on', async () => {
    const abort = new AbortController();
    const step = async (signal: AbortSignal): Promise<void> => {
      await delay(60_000, signal);
      throw signal.reason;
    };
    const running = allOrAbort([step, step], abort.signal);
    abort.abort(new Error('stop'));
    await expect(running).rejects.toThrow('stop');
  });

  test('starts nothing when it is aborted already', async () => {
    let started = 0;
    const step = async (): Promise<void> => void (started += 1);
    await expect(allOrAbort([step, step], AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    expect(started).toBe(0);
  });

  test('throws undefined, too, when a step does', async () => {
    await expect(allOrAbort([async () => Promise.reject(undefined)], NEVER)).rejects.toBeUndefined();
  });
});

describe('mapBounded', () => {
  test.each([1, 3, 50])('keeps order and never has more than %i under way', async (limit) => {
    let underWay = 0;
    let most = 0;
    const items = Array.from({ length: 12 }, (_, index) => index);
    const results = await mapBounded(items, limit, NEVER, async (item) => {
      most = Math.max(most, (underWay += 1));
      await sleep(item % 3);
      underWay -= 1;
      return item * 10;
    });
    expect(results).toEqual(items.map((item) => item * 10));
    expect(most).toBe(Math.min(limit, items.length));
  });

  test('starts nothing more after a failure', async () => {
    const started: number[] = [];
    const failing = mapBounded([0, 1, 2, 3, 4, 5], 2, NEVER, async (item) => {
      started.push(item);
      await sleep(5);
      if (item === 1) throw new Error('item 1');
    });
    await expect(failing).rejects.toThrow('item 1');
    const atFailure = started.length;
    await sleep(20);
    expect(started).toHaveLength(atFailure);
    expect(started).not.toContain(5);
  });

  test('maps nothing to nothing', async () => {
    expect(await mapBounded([], 4, NEVER, async () => 1)).toEqual([]);
  });
});

describe('settleBounded', () => {
  test('settles every item on its own, in order', async () => {
    const settled = await settleBounded([1, 2, 3], 2, NEVER, async (item) => {
      if (item === 2) throw new Error('item 2');
      return item * 10;
    });
    expect(settled).toMatchObject([
      { value: 10 },
      { error: { code: 'INTERNAL', message: 'item 2', retryable: true } },
      { value: 30 },
    ]);
  });

  test('throws when it is aborted, whatever the items make of it', async () => {
    const abort = new AbortController();
    const settling = settleBounded([1, 2, 3], 2, abort.signal, async (_item, _index, signal) => {
      await delay(60_000, signal);
      throw new ConceptError('PROVIDER_FAILED', 'connection closed');
    });
    abort.abort();
    await expect(settling).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test.each(['LEASE_LOST', 'ABORTED'] as const)('throws %s of any item, and starts no more', async (code) => {
    const started: number[] = [];
    const settling = settleBounded([1, 2, 3], 1, NEVER, async (item) => {
      started.push(item);
      throw new ConceptError(code, 'it is over');
    });
    await expect(settling).rejects.toMatchObject({ code });
    expect(started).toEqual([1]);
  });
});
