import { type Concept, conceptIdOf } from '../core/concept.ts';
import { DEFAULT_MIN_VARIATIONS } from '../core/limits.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { ConceptResult } from '../ports/task-leases.ts';
import type { StoredBase } from './base-image.ts';
import type { MadeVariations } from './make-variations.ts';
import { warnOfMissing } from './missing-variations.ts';
import type { ProcessorDependencies } from './processor.ts';

export interface ConceptParts extends MadeVariations {
  readonly base: StoredBase;
  readonly isLastAttempt: boolean;
}

/** So many variations a concept needs at least, where it has as many palettes. */
export function leastVariations(
  { input }: ProcessingTask<'generation' | 'refinement'>,
  { minVariations }: Pick<ProcessorDependencies, 'minVariations'>,
): number {
  return input.minVariations ?? minVariations ?? DEFAULT_MIN_VARIATIONS;
}

/** Puts a concept together. @throws the failure of a missing variation, see {@link warnOfMissing}. */
export function conceptResult(
  task: ProcessingTask<'generation' | 'refinement'>,
  { base, variations, missing, isLastAttempt }: ConceptParts,
  dependencies: Pick<ProcessorDependencies, 'minVariations' | 'clock'>,
): ConceptResult {
  const { id: taskId, userId } = task;
  const atLeast = leastVariations(task, dependencies);
  const total = variations.length + missing.length;
  const warnings = [...base.warnings, ...warnOfMissing({ total, missing, atLeast, isLastAttempt })];
  const createdAt = new Date(dependencies.clock.now()).toISOString();
  const concept: Concept = { ...base, id: conceptIdOf(taskId), taskId, userId, variations, warnings, createdAt };
  return { concept, partial: missing.length > 0 };
}
