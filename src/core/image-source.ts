import type { Task } from './task.ts';
import type { ImageSource } from './task-input.ts';

/** The image that a task works from, whatever its type calls it; undefined when it needs none. */
export function imageSourceOf(task: Task): ImageSource | undefined {
  switch (task.type) {
    case 'generation':
      return task.input.image;
    case 'refinement':
      return task.input.original;
    case 'coloring':
    case 'rendition':
      return task.input.source;
    default:
      return task satisfies never;
  }
}
