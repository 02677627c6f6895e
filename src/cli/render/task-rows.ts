import type { Task } from '../../core/task.ts';
import type { OutputStream } from '../io.ts';
import { paint } from './paint.ts';
import { printable } from './printable.ts';
import { statusStyle, statusText } from './status-text.ts';
import { shorten, table } from './table.ts';
import { taskSubject } from './task-lines.ts';
import { relativeTime } from './time.ts';

/** From this width on there is room for all columns and a subject worth reading. */
const WIDE = 110;
/** What the other columns take with their gaps; the rest of the terminal goes to the subject. */
const OTHERS_WIDTH = { wide: 88, narrow: 62 };
const MIN_SUBJECT_WIDTH = 12;

/** Tasks as a table on a terminal, tab-separated elsewhere: id, type, status, attempt, time of creation, subject. */
export async function taskRows(
  tasks: readonly Task[],
  stream: OutputStream,
  nowMs: number,
): Promise<readonly string[]> {
  if (!stream.isTTY) return tasks.map(plainRow);
  if (tasks.length === 0) return [];
  const { colourLevel, columns } = stream;
  const wide = columns >= WIDE;
  const width = Math.max(MIN_SUBJECT_WIDTH, columns - (wide ? OTHERS_WIDTH.wide : OTHERS_WIDTH.narrow));
  const rows = tasks.map((task) => [
    task.id,
    ...(wide ? [task.type] : []),
    statusStyle(task.status, colourLevel)(task.status),
    ...(wide ? [`${task.attempt}/${task.maxAttempts}`] : []),
    relativeTime(task.createdAt, nowMs),
    shorten(taskSubject(task), width),
  ]);
  const heads = wide ? ['ID', 'TYPE', 'STATUS', 'TRY', 'CREATED', 'SUBJECT'] : ['ID', 'STATUS', 'CREATED', 'SUBJECT'];
  return [await table(heads, rows, paint(colourLevel).dim)];
}

function plainRow(task: Task): string {
  const cells = [task.id, task.type, statusText(task.status, task.partial), `${task.attempt}`, task.createdAt];
  return [...cells, taskSubject(task)].map(printable).join('\t');
}
