import type { TaskStatus } from '../../core/task.ts';
import type { ColourLevel } from '../io.ts';
import { paint } from './paint.ts';

/** A status in its colour. */
export function statusText(status: TaskStatus, partial: boolean, level: ColourLevel): string {
  const { green, red, yellow, cyan, dim } = paint(level);
  const styles = { pending: yellow, processing: cyan, completed: green, failed: red, cancelled: dim };
  return styles[status](partial ? `${status} (partial)` : status);
}
