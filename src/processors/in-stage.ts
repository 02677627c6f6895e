import { ConceptError, toConceptError } from '../core/errors.ts';
import type { StageName } from '../core/stage-name.ts';

/** The failure with the stage that it happened in, unless it names one; what ends an attempt from outside has no stage. */
export function inStage(thrown: unknown, stage: StageName): ConceptError {
  const error = toConceptError(thrown);
  if (error.stage !== undefined || error.code === 'LEASE_LOST' || error.code === 'ABORTED') return error;
  const { code, message, hint, retryable, retryAfterMs, field } = error;
  return new ConceptError(code, message, { hint, retryable, retryAfterMs, field, stage, cause: thrown });
}
