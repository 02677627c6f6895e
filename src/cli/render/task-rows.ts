import type { Task } from '../../core/task.ts';
import type { OutputStream } from '../io.ts';
import { paint } from './paint.ts';
import { statusText } from './status-text.ts';
import { plainCell, shorten, table } from './table.ts';
import { taskSubject } from './task-lines.ts';
import { relativeTime } from './time.ts';

/** Widths of the other columns with their gaps: what is left of the terminal goes to the subject. */
const OTHER_COLUMNS_WIDTH = 88;
const MIN_SUBJECT_WIDTH = 16;

/** Tasks as a table on a terminal, tab-separated elsewhere: id, type, status, attempt, time of creation, subject. */
export async function taskRows(
  tasks: readonly Task[],
  stream: OutputStream,
  nowMs: number,
): Promise<readonly string[]> {
  if (!stream.isTTY) return tasks.map(plainRow);
  if (tasks.length === 0) return [];
  const { colourLevel, columns } = stream;
  const width = Math.max(MIN_SUBJECT_WIDTH, columns - OTHER_COLUMNS_WIDTH);
  const rows = tasks.map((task) => [
    task.id,
    task.type,
    statusText(task.status, task.partial, colourLevel),
    `${task.attempt}/${task.maxAttempts}`,
    relativeTime(task.createdAt, nowMs),
    shorten(taskSubject(task), width),
  ]);
  const heads = ['ID', 'TYPE', 'STATUS', 'TRY', 'CREATED', 'SUBJECT'].map((head) => ({ head }));
  return [await table(heads, rows, paint(colourLevel).dim)];
}

function plainRow(task: Task): string {
  const cells = [task.id, task.type, statusText(task.status, task.partial, 0), `${task.attempt}`, task.createdAt];
  return [...cells, taskSubject(task)].map(plainCell).join('\t');
}
