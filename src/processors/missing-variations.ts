import type { Palette } from '../core/concept.ts';
import { ConceptError } from '../core/errors.ts';

/** A variation that this attempt could not make or store. */
export interface MissingVariation {
  readonly palette: Palette;
  /** Names its stage. */
  readonly error: ConceptError;
}

export interface VariationTally {
  /** How many there should be. */
  readonly total: number;
  readonly missing: readonly MissingVariation[];
  /** With fewer the task fails. */
  readonly atLeast: number;
  readonly isLastAttempt: boolean;
}

/**
 * Says how a task goes on without some of its variations: with a warning for each, when no attempt will bring them and there are enough.
 * @throws the first failure that another attempt may mend, while there is one; else, with too few variations, the first failure.
 */
export function warnOfMissing({ total, missing, atLeast, isLastAttempt }: VariationTally): readonly string[] {
  const done = total - missing.length;
  const tally = `${done} of ${total} variations are done`;
  const mendable = missing.find(({ error }) => error.retryable);
  if (mendable && !isLastAttempt) throw withRemark(mendable.error, tally);
  const [first] = missing;
  if (first && done < atLeast)
    throw withRemark(first.error, `${tally}, at least ${Math.min(atLeast, total)} are needed`);
  return missing.map(({ palette, error }) => `variation "${palette.name}" is missing: ${error.message}`);
}

function withRemark(error: ConceptError, remark: string): ConceptError {
  const { code, message, hint, retryable, retryAfterMs, stage, field } = error;
  const options = { hint, retryable, retryAfterMs, stage, field, cause: error };
  return new ConceptError(code, `${message} (${remark})`, options);
}
