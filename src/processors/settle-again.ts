import { delay } from '../core/abort.ts';
import { type ConceptError, toConceptError } from '../core/errors.ts';
import { backoffMs } from '../core/retry.ts';
import type { Clock } from '../ports/clock.ts';

/** Tries against a store that is away for a moment; a finished picture is worth more than a few seconds. */
const SETTLE_TRIES = 5;

export type TryAgain = (tries: number, failure: ConceptError) => boolean;

export const briefly: TryAgain = (tries, { code }) =>
  tries < SETTLE_TRIES && (code === 'STORE_UNAVAILABLE' || code === 'STORAGE_FULL');

/** The lease bounds the tries: once it is void the store answers LEASE_LOST, which is never retried. */
export async function settleAgain<T>(
  thrown: unknown,
  write: () => Promise<T>,
  { clock }: { readonly clock: Clock },
  tryAgain: TryAgain,
): Promise<T> {
  let failure = thrown;
  for (let tries = 1; ; tries++) {
    const error = toConceptError(failure);
    if (!tryAgain(tries, error)) throw error;
    await delay(backoffMs(tries, clock.random(), { baseMs: 200, capMs: 2_000 }));
    try {
      return await write();
    } catch (again) {
      failure = again;
    }
  }
}
