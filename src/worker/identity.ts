import { delay } from '../core/abort.ts';
import { ConceptError, toConceptError } from '../core/errors.ts';
import { uuidV7 } from '../core/id.ts';
import type { Lease } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { WorkerRegistration, WorkerRegistry } from '../ports/worker-registry.ts';
import { isAway } from './ending-store.ts';

/** Beats per lease: two may be missed before anything is lost. */
const BEATS_PER_LEASE = 3;

export interface IdentityOptions {
  readonly workers: WorkerRegistry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leaseMs: number;
  readonly registration: Omit<WorkerRegistration, 'id'>;
  /** Leases under way, renewed by each beat. */
  readonly held: () => readonly Lease[];
  /** These leases are void. */
  readonly onLost: (leases: readonly Lease[]) => void;
}

/** A worker's registration: kept alive by heartbeats, replaced by a fresh one when it has run out (a suspended process). */
export interface WorkerIdentity {
  /** The current id. */
  id(): string;
  /** Takes a fresh id in place of one that was refused; one that is no longer the current one has been replaced already. */
  renew(refusedId: string): Promise<void>;
  /** Stops beating and ends the registration. */
  retire(): Promise<void>;
}

export async function startIdentity(options: IdentityOptions): Promise<WorkerIdentity> {
  const { workers, clock, logger, leaseMs, registration, held, onLost } = options;
  const stop = new AbortController();
  let id = '';

  const register = async (): Promise<void> => {
    const fresh = uuidV7(clock.now(), clock.randomBytes(10));
    await workers.register({ ...registration, id: fresh }, leaseMs);
    id = fresh;
  };

  // A beat and a claim learn of the same refusal: of two fresh ids only one would be kept alive, whoever claimed by the other.
  let renewal: Promise<void> | undefined;
  const renew = async (refusedId: string): Promise<void> => {
    if (refusedId !== id) return;
    renewal ??= register().finally(() => (renewal = undefined));
    await renewal;
  };

  const beat = async (): Promise<void> => {
    const leases = held();
    const beaten = id;
    const { alive, lost } = await workers.heartbeat({ workerId: beaten, leaseMs, held: leases });
    if (lost.length > 0) onLost(lost);
    // A refused claim may have taken a fresh id meanwhile: the answer is about the old one.
    if (alive || beaten !== id) return;
    // A dead identity never claims again: its tasks are gone, new ones come under a new id.
    onLost(leases);
    await renew(beaten);
  };

  const beatUntilStopped = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await delay(leaseMs / BEATS_PER_LEASE, stop.signal);
      if (stop.signal.aborted) return;
      await beat().catch((thrown: unknown) => {
        const { code, message } = toConceptError(thrown);
        logger.log('warn', 'heartbeat failed', { workerId: id, code, error: message });
      });
    }
  };

  await register();
  const beating = beatUntilStopped();
  return {
    id: () => id,
    renew,
    retire: async () => {
      stop.abort();
      await beating;
      await workers.retire(id).catch((thrown: unknown) => {
        // The registration runs out by itself; only a store that is away may be passed over.
        if (!ConceptError.isInstance(thrown) || !isAway(thrown)) throw thrown;
      });
    },
  };
}
