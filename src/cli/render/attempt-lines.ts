import type { OutputStream } from '../io.ts';
import type { AttemptReport, WorkerSummary } from '../runtime-types.ts';
import { paint } from './paint.ts';
import { printable } from './printable.ts';
import { duration } from './time.ts';

const OUTCOME_WIDTH = 'rescheduled'.length;

/** One finished attempt as a line: outcome, task, type, attempt, duration, error. */
export function attemptLine(report: AttemptReport, { isTTY, colourLevel }: OutputStream): string {
  const { outcome, taskId, type, attempt, durationMs, error } = report;
  const failure = error ? [printable(`${error.code}: ${error.message}`)] : [];
  const cells = [taskId, type, `attempt ${attempt}`, duration(durationMs), ...failure];
  if (!isTTY) return [outcome, ...cells].join('\t');
  const { green, yellow, red } = paint(colourLevel);
  const styles = { completed: green, partial: yellow, rescheduled: yellow, released: yellow, failed: red, lost: red };
  return [styles[outcome](outcome.padEnd(OUTCOME_WIDTH)), ...cells].join('  ');
}

/** "summary: 10 completed, 1 failed in 3.2 s"; outcomes that did not occur are left out. */
export function summaryLine({ durationMs, ...counts }: WorkerSummary, { colourLevel }: OutputStream): string {
  const occurred = Object.entries(counts).filter(([, count]) => count > 0);
  const parts = occurred.map(([outcome, count]) => `${count} ${outcome}`);
  const text = parts.length > 0 ? parts.join(', ') : 'nothing to do';
  return `${paint(colourLevel).bold('summary:')} ${text} in ${duration(durationMs)}`;
}
