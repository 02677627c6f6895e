import { delay, throwIfAborted } from '../core/abort.ts';
import { ConceptError } from '../core/errors.ts';

/** What every scripted answer may carry. */
export interface ScriptedTiming {
  /** The answer takes that long, unless the call's signal aborts it; default 0. */
  readonly delayMs?: number;
}

/** The call throws this. */
export interface ScriptedFailure extends ScriptedTiming {
  readonly error: unknown;
}

/** Gives the answers of a script in order, one per call. */
export interface Script<Answer> {
  /**
   * The answer of the next call; undefined when there is no script.
   * @throws the scripted error; ABORTED or TIMEOUT by the signal; INTERNAL when the script has no answer left.
   */
  next(signal: AbortSignal | undefined): Promise<Answer | undefined>;
}

export function createScript<Answer extends ScriptedTiming>(
  who: string,
  answers: readonly (Answer | ScriptedFailure)[] | undefined,
): Script<Answer> {
  let calls = 0;
  return {
    async next(signal) {
      throwIfAborted(signal);
      if (answers === undefined) return undefined;
      const answer = answers[calls];
      calls += 1;
      if (answer === undefined) throw usedUp(who, calls);
      if (answer.delayMs !== undefined) await delay(answer.delayMs, signal);
      throwIfAborted(signal);
      if ('error' in answer) throw answer.error;
      return answer;
    },
  };
}

function usedUp(who: string, calls: number): ConceptError {
  return new ConceptError('INTERNAL', `${who}: the script has no answer for call ${calls}`, {
    retryable: false,
    hint: 'add an answer to the script, or leave the script out to be answered always',
  });
}
