import type { StoredImage } from '../../../core/concept.ts';
import { imageSourceOf } from '../../../core/image-source.ts';
import type { Task } from '../../../core/task.ts';
import type { MemoryState } from './state.ts';

/** The images and documents that a task made. */
export function filesOf(state: MemoryState, task: Task): readonly StoredImage[] {
  const concept = task.resultId === null ? undefined : state.concepts.get(task.resultId)?.concept;
  if (concept) return [concept.image, ...concept.variations.map(({ image }) => image)];
  return state.results.get(task.id)?.files ?? [];
}

/** Every blob that the records of a task name: what it made, and what it was made from. */
export function pathsNamedBy(state: MemoryState, task: Task): readonly string[] {
  const source = imageSourceOf(task);
  const concept = task.resultId === null ? undefined : state.concepts.get(task.resultId)?.concept;
  return [
    ...filesOf(state, task).map(({ path }) => path),
    ...(concept?.refinement ? [concept.refinement.originalImagePath] : []),
    ...(source?.kind === 'blob' ? [source.path] : []),
  ];
}

/** Whether an unfinished task works from what a task made. */
export function isInUse(state: MemoryState, task: Task): boolean {
  const paths = filesOf(state, task).map(({ path }) => path);
  return [...state.tasks.values()].some(({ task: other }) => {
    if (other.status !== 'pending' && other.status !== 'processing') return false;
    const source = imageSourceOf(other);
    if (source?.kind === 'concept') return source.conceptId === task.resultId;
    return source?.kind === 'blob' && paths.includes(source.path);
  });
}
