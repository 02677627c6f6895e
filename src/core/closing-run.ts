import type { StageName } from './stage-name.ts';
import type { Task } from './task.ts';

/** The stage whose checkpoint holds finished parts of a result: enough of them are a partial result. */
export const PARTS_STAGE = 'concept-storage' satisfies StageName;

/**
 * A task whose worker died in its last attempt comes back once more when finished parts are kept: not to be processed, but to be
 * completed with what is there, or failed. It counts as an attempt beyond the last, so it can never follow itself.
 */
export function isClosingRun({ attempt, maxAttempts }: Pick<Task, 'attempt' | 'maxAttempts'>): boolean {
  return attempt > maxAttempts;
}
