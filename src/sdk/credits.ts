import { assertUserId } from '../core/user-id.ts';
import type { CreditBalance } from '../ports/credit-ledger.ts';
import { type CallSettings, withCallSettings } from './call-options.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { assertInScope } from './scope.ts';

export interface CreditsResource {
  /**
   * Adds credits to a user. The same `key` counts once, so a repeated payment notice grants nothing twice.
   * @throws ConceptError INVALID_INPUT unless `amount` is a whole number from 1.
   */
  grant(
    request: { readonly userId: string; readonly amount: number; readonly key: string },
    settings?: CallSettings,
  ): Promise<CreditBalance>;
  /** Default: the client's user. */
  balance(userId?: string, settings?: CallSettings): Promise<CreditBalance>;
}

export function creditsResource({ store, defaultUserId, onlyUserId }: ClientDependencies): CreditsResource {
  return {
    grant: (request, settings) =>
      withCallSettings(settings, async (signal) => {
        assertUserId(request.userId);
        assertInScope(request.userId, onlyUserId);
        return store.credits.grant(request, { signal });
      }),
    balance: (userId = defaultUserId, settings) =>
      withCallSettings(settings, async (signal) => {
        assertUserId(userId);
        assertInScope(userId, onlyUserId);
        return store.credits.balance(userId, { signal });
      }),
  };
}
