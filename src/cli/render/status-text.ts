import type { TaskStatus } from '../../core/task.ts';
import type { ColourLevel } from '../io.ts';
import { paint } from './paint.ts';
import type { Painter } from './painter.ts';

/** What a status is called. */
export function statusText(status: TaskStatus, partial: boolean): string {
  return partial ? `${status} (partial)` : status;
}

/** The colour of a status. */
export function statusStyle(status: TaskStatus, level: ColourLevel): Painter {
  const { green, red, yellow, cyan, dim } = paint(level);
  const styles = { pending: yellow, processing: cyan, completed: green, failed: red, cancelled: dim };
  return styles[status];
}
