import type { OutputStream } from '../io.ts';
import type { BatchSummary } from '../runtime-types.ts';
import { fieldLines } from './fields.ts';
import { printable } from './printable.ts';
import type { Rate } from './rate.ts';
import { timeText } from './task-lines.ts';
import { statusStyle } from './status-text.ts';
import { duration } from './time.ts';

/** A batch for the reader: what it is, and how many of its tasks are in which state. */
export function batchLines(batch: BatchSummary, stream: OutputStream, nowMs: number): readonly string[] {
  const { counts, total } = batch;
  const style = (status: Parameters<typeof statusStyle>[0]) => statusStyle(status, stream.colourLevel);
  return fieldLines(
    [
      ['batch', batch.name],
      ['id', batch.id],
      ['user', batch.userId],
      ['created', timeText(batch.createdAt, stream, nowMs)],
      ['total', total],
      ['pending', counts.pending, style('pending')],
      ['processing', counts.processing, style('processing')],
      ['completed', counts.completed, style('completed')],
      ['failed', counts.failed, style('failed')],
      ['cancelled', counts.cancelled, style('cancelled')],
    ],
    stream,
  );
}

/** How far a batch is, tab-separated: time, done, total, then the tasks in each state. */
export function batchRow(batch: BatchSummary, nowMs: number): string {
  const { pending, processing, completed, failed, cancelled } = batch.counts;
  const states = Object.entries({ pending, processing, completed, failed, cancelled });
  const cells = states.map(([name, count]) => `${count} ${name}`);
  return [new Date(nowMs).toISOString(), `${doneOf(batch)}/${batch.total}`, ...cells].map(printable).join('\t');
}

/** "412 of 1000 done, 3 failed, 12.5 a second, 47.0 s left". */
export function batchProgressText(batch: BatchSummary, { perSecond, leftMs }: Rate): string {
  const { failed, cancelled } = batch.counts;
  const parts = [
    `${doneOf(batch)} of ${batch.total} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
    ...(perSecond ? [`${perSecond.toFixed(1)} a second`] : []),
    ...(leftMs !== null && leftOf(batch) > 0 ? [`${duration(leftMs)} left`] : []),
  ];
  return parts.join(', ');
}

/** Tasks that have ended, however. */
export function doneOf({ counts }: BatchSummary): number {
  return counts.completed + counts.failed + counts.cancelled;
}

export function leftOf({ counts }: BatchSummary): number {
  return counts.pending + counts.processing;
}
