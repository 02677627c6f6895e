import { describe, expect, it } from 'vitest';
import type { BatchSummary } from '../../../src/cli/runtime-types.ts';
import { batchProgressText } from '../../../src/cli/render/batch-lines.ts';
import { createRate } from '../../../src/cli/render/rate.ts';

function batch(counts: Partial<BatchSummary['counts']>): BatchSummary {
  const none = { pending: 0, due: 0, retrying: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  return { id: 'b', name: 'spring', userId: 'local', createdAt: '', total: 1_000, counts: { ...none, ...counts } };
}

describe('the rate', () => {
  it('is not known at first, and then what was done over the last seconds', () => {
    const rateOf = createRate();
    expect(rateOf({ atMs: 0, done: 100, left: 900 })).toEqual({ perSecond: null, leftMs: null });
    expect(rateOf({ atMs: 1_000, done: 110, left: 890 })).toEqual({ perSecond: 10, leftMs: 89_000 });
  });

  it('follows a worker that comes: what is older than fifteen seconds does not count', () => {
    const rateOf = createRate();
    for (let second = 0; second <= 60; second++) rateOf({ atMs: second * 1_000, done: second, left: 900 });
    for (let second = 61; second < 80; second++) {
      rateOf({ atMs: second * 1_000, done: 60 + (second - 60) * 20, left: 500 });
    }
    expect(rateOf({ atMs: 80_000, done: 460, left: 500 })).toEqual({ perSecond: 20, leftMs: 25_000 });
  });

  it('tells no time left while nothing gets done, or tasks are taken back', () => {
    const rateOf = createRate();
    rateOf({ atMs: 0, done: 5, left: 5 });
    expect(rateOf({ atMs: 1_000, done: 5, left: 5 })).toEqual({ perSecond: 0, leftMs: null });
    expect(rateOf({ atMs: 2_000, done: 2, left: 8 })).toEqual({ perSecond: 0, leftMs: null });
  });
});

describe('the progress of a batch', () => {
  it.each([
    [batch({ pending: 1_000 }), { perSecond: null, leftMs: null }, '0 of 1000 done'],
    [
      batch({ pending: 500, completed: 490, failed: 9, cancelled: 1 }),
      { perSecond: 12.54, leftMs: 47_000 },
      '500 of 1000 done, 9 failed, 1 cancelled, 12.5 a second, 47.0 s left',
    ],
    [batch({ completed: 1_000 }), { perSecond: 20, leftMs: 0 }, '1000 of 1000 done, 20.0 a second'],
  ])('%#', (summary, rate, text) => {
    expect(batchProgressText(summary, rate)).toBe(text);
  });
});
