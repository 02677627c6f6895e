import type { CallOptions } from './task-store.ts';

export interface CreditBalance {
  /** Free to spend. */
  readonly available: number;
  /** Held by unfinished tasks. */
  readonly held: number;
}

/**
 * Credits per user. Holds, captures and refunds are made by the task store and the leases in the transaction of what they
 * belong to: a hold at submit, its capture at completion, its refund once at failure or cancel.
 */
export interface CreditLedger {
  /**
   * Adds credits. The same `key` for the same user counts once.
   * @throws INVALID_INPUT unless `amount` is a whole number from 1.
   */
  grant(
    request: { readonly userId: string; readonly amount: number; readonly key: string },
    options?: CallOptions,
  ): Promise<CreditBalance>;

  /** Zero for a user without a grant. */
  balance(userId: string, options?: CallOptions): Promise<CreditBalance>;
}
