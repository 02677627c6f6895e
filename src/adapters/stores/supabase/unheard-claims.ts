import { randomUUID } from 'node:crypto';
import { toConceptError, type ErrorCode } from '../../../core/errors.ts';
import type { ClaimRequest } from '../../../ports/task-leases.ts';

/** After these nobody knows whether the database carried out the call. */
const UNKNOWN_OUTCOMES: ReadonlySet<ErrorCode> = new Set(['STORE_UNAVAILABLE', 'ABORTED', 'TIMEOUT', 'INTERNAL']);
/** Of deliveries that never came again here: a beat gives their tasks back. */
const MOST = 1_000;

/**
 * A claim whose answer never came may have taken tasks. The worker's next claim of the kind goes out as the same one: it is answered
 * with what that took, and only else takes more. Without it those tasks would wait for the beat that gives back what nobody has heard
 * of, a minute later, and while answers are lost each further try would take more of them.
 */
export interface UnheardClaims {
  /** @param claim makes the call under this `writeId` */
  asTheLast<T>(request: ClaimRequest, claim: (writeId: string) => Promise<T>): Promise<T>;
}

export function createUnheardClaims(): UnheardClaims {
  const writeIds = new Map<string, string>();
  return {
    asTheLast: async ({ workerId, taskId = '' }, claim) => {
      const kind = `${workerId}/${taskId}`;
      const writeId = writeIds.get(kind) ?? randomUUID();
      // Another claim of the worker's at the same time is one of its own.
      writeIds.delete(kind);
      try {
        return await claim(writeId);
      } catch (thrown) {
        if (UNKNOWN_OUTCOMES.has(toConceptError(thrown).code)) writeIds.set(kind, writeId);
        const [oldest] = writeIds.keys();
        if (writeIds.size > MOST && oldest !== undefined) writeIds.delete(oldest);
        throw thrown;
      }
    },
  };
}
