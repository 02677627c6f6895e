import type { Task } from '../../core/task.ts';
import type { OutputStream } from '../io.ts';
import { paint } from './paint.ts';
import { printable } from './printable.ts';
import { shorten, table } from './table.ts';
import { relativeTime } from './time.ts';

/** What the other columns take with their gaps; the rest of the terminal goes to the message. */
const OTHERS_WIDTH = 100;
const MIN_MESSAGE_WIDTH = 20;

/** Failed tasks as a table on a terminal, tab-separated elsewhere: id, type, code, message, attempts, when. */
export async function deadRows(
  tasks: readonly Task[],
  { isTTY, colourLevel, columns }: OutputStream,
  nowMs: number,
): Promise<readonly string[]> {
  if (!isTTY) return tasks.map((task) => cellsOf(task).map(printable).join('\t'));
  if (tasks.length === 0) return [];
  const { dim, red } = paint(colourLevel);
  const width = Math.max(MIN_MESSAGE_WIDTH, columns - OTHERS_WIDTH);
  const rows = tasks.map((task) => {
    const [id, type, code, message, attempts] = cellsOf(task);
    return [id, type, red(code), shorten(message, width), attempts, relativeTime(whenOf(task), nowMs)];
  });
  return [await table(['ID', 'TYPE', 'CODE', 'MESSAGE', 'TRIES', 'WHEN'], rows, dim)];
}

function cellsOf(task: Task) {
  const { id, type, attempt, error } = task;
  return [id, type, error?.code ?? '', error?.message ?? '', String(attempt), whenOf(task)] as const;
}

function whenOf({ completedAt, updatedAt }: Task): string {
  return completedAt ?? updatedAt;
}
