import type { Palette } from '../core/concept.ts';
import type { ConceptError } from '../core/errors.ts';
import type { StageName } from '../core/stage-name.ts';
import type { ProcessingTask } from '../core/task.ts';
import type { ConceptResult, TaskResult } from '../ports/task-leases.ts';
import { BASE_STAGE, type StoredBase } from './base-image.ts';
import { conceptResult, leastVariations } from './concept-result.ts';
import { keptVariations } from './make-variations.ts';
import type { ProcessorDependencies } from './processor.ts';

export interface ClosingContext {
  readonly dependencies: Pick<ProcessorDependencies, 'minVariations' | 'clock'>;
  /** What is kept of a stage. */
  readonly kept: <T>(stage: StageName) => T | undefined;
  /** What ended the last attempt; it says why the rest is missing. */
  readonly error: ConceptError;
}

/**
 * The result of a task that no attempt will bring any further, from what its attempts have kept. Calls no provider and reads no image.
 * @returns undefined when what is kept is nothing to complete with.
 */
export function closeTask(task: ProcessingTask, context: ClosingContext): TaskResult | undefined {
  if (task.type !== 'generation' && task.type !== 'refinement') return undefined;
  return closeConcept(task as ProcessingTask<'generation' | 'refinement'>, context);
}

function closeConcept(
  task: ProcessingTask<'generation' | 'refinement'>,
  { dependencies, kept, error }: ClosingContext,
): ConceptResult | undefined {
  const base = kept<StoredBase>(BASE_STAGE);
  const palettes = kept<readonly Palette[]>('palette-generation');
  if (!base || !palettes) return undefined;
  const parts = keptVariations(palettes, kept);
  if (parts.variations.length < Math.min(leastVariations(task, dependencies), palettes.length)) return undefined;
  const missing = parts.missing.map((palette) => ({ palette, error }));
  return conceptResult(task, { base, variations: parts.variations, missing, isLastAttempt: true }, dependencies);
}
