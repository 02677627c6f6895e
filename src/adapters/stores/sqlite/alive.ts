import { ConceptError } from '../../../core/errors.ts';
import type { Session } from './session.ts';

/** The monotonic clock began anew when the machine did: a beat from its future is one of before. */
export const IS_ALIVE = 'worker.dead = 0 AND worker.beat_at <= ?1 AND worker.expires_at > ?1';
const SELECT_ALIVE = `SELECT seq FROM worker WHERE id = ?2 AND ${IS_ALIVE}`;

/** The monotonic time in whole milliseconds, as leases are kept. */
export function monotonicMs(session: Session): number {
  return Math.floor(session.clock.monotonic());
}

/** The number of a worker's row. @throws ConceptError LEASE_LOST for a worker that is not alive at this moment. */
export function requireAlive(session: Session, workerId: string): number {
  const seq = aliveSeq(session, workerId);
  if (seq !== undefined) return seq;
  throw new ConceptError('LEASE_LOST', `the registration of worker ${workerId} has run out`, {
    hint: 'register under a new worker id and claim again',
  });
}

/** Undefined for a worker that is not alive. */
export function aliveSeq(session: Session, workerId: string): number | undefined {
  return session.one<{ seq: number }>(SELECT_ALIVE, monotonicMs(session), workerId)?.seq;
}
