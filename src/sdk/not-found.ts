import { ConceptError } from '../core/errors.ts';

export function taskNotFound(taskId: string): ConceptError {
  return new ConceptError('TASK_NOT_FOUND', `there is no task ${taskId}`, { hint: 'list tasks with: concept list' });
}

export function conceptNotFound(conceptId: string): ConceptError {
  return new ConceptError('CONCEPT_NOT_FOUND', `there is no concept ${conceptId}`, {
    hint: 'list finished tasks with: concept list --status completed',
  });
}

export function batchNotFound(idOrName: string): ConceptError {
  return new ConceptError('BATCH_NOT_FOUND', `there is no batch ${idOrName}`, {
    hint: 'give the name or the id that submitting it printed',
  });
}
