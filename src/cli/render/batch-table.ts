import type { OutputStream } from '../io.ts';
import type { BatchSummary } from '../runtime-types.ts';
import { doneOf, leftOf } from './batch-lines.ts';
import { paint } from './paint.ts';
import { type Painter, unstyled } from './painter.ts';
import type { Rate } from './rate.ts';
import { statusStyle } from './status-text.ts';
import { shorten } from './table.ts';
import { duration } from './time.ts';

const STATES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
const NAME_WIDTH = Math.max(...STATES.map((state) => state.length)) + 2;
const UNKNOWN = '-';

/** How far a batch is, as a small table of ever the same lines: tasks by state, how many have ended, how fast, and for how long yet. */
export function batchTable(
  batch: BatchSummary,
  { perSecond, leftMs }: Rate,
  { colourLevel, columns }: Pick<OutputStream, 'colourLevel' | 'columns'>,
): readonly string[] {
  const { bold, dim } = paint(colourLevel);
  const states = STATES.map((state): Row => {
    const count = batch.counts[state];
    return [state, String(count), count > 0 ? statusStyle(state, colourLevel) : dim];
  });
  const rows: readonly Row[] = [
    ...states,
    ['done', `${doneOf(batch)}/${batch.total}`, bold],
    ['rate', perSecond === null ? UNKNOWN : `${perSecond.toFixed(1)}/s`, unstyled],
    ['left', leftMs === null || leftOf(batch) === 0 ? UNKNOWN : duration(leftMs), unstyled],
  ];
  const width = Math.max(...rows.map(([, value]) => value.length));
  const lines = rows.map(([name, value, style]) => dim(name.padEnd(NAME_WIDTH)) + style(value.padStart(width)));
  return [`${dim('batch')} ${bold(shorten(batch.name, Math.max(1, columns - 'batch '.length - 1)))}`, ...lines];
}

type Row = readonly [name: string, value: string, style: Painter];
