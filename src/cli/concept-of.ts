import type { Concept } from '../core/concept.ts';
import { ConceptError } from '../core/errors.ts';
import type { Task } from '../core/task.ts';
import type { Runtime } from './runtime-types.ts';

/**
 * The concept by its own or its task's id (they are the same).
 * @throws ConceptError CONCEPT_NOT_FOUND; when there is such a task, with its state and what to do.
 */
export async function conceptOf(id: string, { client }: Runtime): Promise<Concept> {
  try {
    return await client.concepts.get(id);
  } catch (thrown) {
    if (!ConceptError.isInstance(thrown) || thrown.code !== 'CONCEPT_NOT_FOUND') throw thrown;
    const task = await client.tasks.get(id).catch(() => undefined);
    if (task === undefined || task.status === 'completed') throw thrown;
    throw new ConceptError('CONCEPT_NOT_FOUND', `task ${id} is ${task.status}, it has no concept`, {
      hint: nextStep(task),
      cause: thrown,
    });
  }
}

function nextStep({ id, status }: Task): string {
  const over = status === 'failed' || status === 'cancelled';
  return over ? `start it again with: concept retry ${id}` : `wait for it with: concept wait ${id}`;
}
