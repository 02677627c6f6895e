import { describe, expect, it } from 'vitest';
import type { BatchSummary } from '../../../src/cli/runtime-types.ts';
import { batchTable } from '../../../src/cli/render/batch-table.ts';
import { liveLines } from '../../../src/cli/render/live-lines.ts';

const COUNTS = { pending: 120, due: 120, retrying: 0, processing: 4, completed: 873, failed: 3, cancelled: 0 };
const BATCH: BatchSummary = { id: 'b', name: 'spring', userId: 'local', createdAt: '', total: 1_000, counts: COUNTS };
const PLAIN = { colourLevel: 0, columns: 80 } as const;

describe('the table of a batch', () => {
  it('shows tasks by state, how many have ended, the rate and the time left', () => {
    expect(batchTable(BATCH, { perSecond: 12.54, leftMs: 9_900 }, PLAIN)).toEqual([
      'batch spring',
      'pending          120',
      'processing         4',
      'completed        873',
      'failed             3',
      'cancelled          0',
      'done        876/1000',
      'rate          12.5/s',
      'left           9.9 s',
    ]);
  });

  it('keeps its lines when there is nothing to tell of the rate', () => {
    const lines = batchTable(BATCH, { perSecond: null, leftMs: null }, PLAIN);
    expect(lines.slice(-2)).toEqual(['rate               -', 'left               -']);
  });

  it('cuts a long name, for no line may wrap', () => {
    const [first] = batchTable({ ...BATCH, name: 'x'.repeat(200) }, { perSecond: 1, leftMs: 1 }, PLAIN);
    expect(first!.length).toBeLessThan(80);
  });
});

describe('live lines', () => {
  it('are drawn over those before', () => {
    const written: string[] = [];
    const draw = liveLines({ write: (text) => void written.push(text) });
    draw(['one', 'two']);
    draw(['three']);
    expect(written).toEqual(['one\u001b[K\ntwo\u001b[K\n\u001b[J', '\r\u001b[2Athree\u001b[K\n\u001b[J']);
  });
});
