import { ConceptError } from '../../../core/errors.ts';
import type { Session } from './session.ts';

/** The monotonic clock began anew when the machine did: a beat from its future is one of before. */
export const IS_ALIVE = 'worker.dead = 0 AND worker.beat_at <= ?1 AND worker.expires_at > ?1';
const SELECT_ALIVE = `SELECT 1 FROM worker WHERE id = ?2 AND ${IS_ALIVE}`;

/** The monotonic time in whole milliseconds, as leases are kept. */
export function monotonicMs(session: Session): number {
  return Math.floor(session.clock.monotonic());
}

/** @throws ConceptError LEASE_LOST for a worker that is not alive at this moment. */
export function assertAlive(session: Session, workerId: string): void {
  if (isAlive(session, workerId)) return;
  throw new ConceptError('LEASE_LOST', `the registration of worker ${workerId} has run out`, {
    hint: 'register under a new worker id and claim again',
  });
}

export function isAlive(session: Session, workerId: string): boolean {
  return session.one(SELECT_ALIVE, monotonicMs(session), workerId) !== undefined;
}
