import { ConceptError, invalidInput } from '../../core/errors.ts';
import { once, text } from './option-values.ts';

/** What a command is about: one task, or a batch by its id or name. */
export type Target = { readonly taskId: string } | { readonly batch: string };

export interface BatchOptions {
  readonly batch?: string;
}

/** Flag, help and parser of `--batch`, for a command that takes a task's id or this. */
export const batchOption = ['--batch <name>', 'a whole batch, by its name or id', once('--batch', text)] as const;

/** @throws ConceptError INVALID_INPUT unless exactly one of both is given. */
export function targetOf(taskId: string | undefined, batch: string | undefined): Target {
  if (taskId !== undefined && batch !== undefined) {
    throw invalidInput('--batch', 'does not go with a task id', 'give a task id or --batch, not both');
  }
  if (taskId !== undefined) return { taskId };
  if (batch !== undefined) return { batch };
  throw new ConceptError('INVALID_INPUT', 'missing argument: id, or --batch with the name of a batch');
}
