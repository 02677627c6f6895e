import { ConceptError } from '../core/errors.ts';

/** @throws ConceptError NOT_ALLOWED when a client that is bound to one user acts for another. */
export function assertInScope(userId: string, onlyUserId: string | undefined): void {
  if (onlyUserId === undefined || userId === onlyUserId) return;
  throw new ConceptError('NOT_ALLOWED', `userId: this client acts for user ${onlyUserId} only`, { field: 'userId' });
}
