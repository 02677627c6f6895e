import type { StoreFlags } from '../ports/store.ts';

/** How often a worker looks at the store of its own accord, in milliseconds. News and deliveries come at once all the same. */
export interface Pace {
  /** With free slots: whether there is something to claim. */
  readonly idleCheckMs: number;
  /** Whether other workers have died. */
  readonly sweepMs: number;
  /** Whether tasks are to be published, while there were some the last time. */
  readonly relayMs: number;
  /** The same, after there were none for a while. */
  readonly idleRelayMs: number;
}

/** News wakes a worker up at once; this bounds what a missed wake-up can cost. */
const LOCAL: Pace = { idleCheckMs: 1_000, sweepMs: 1_000, relayMs: 1_000, idleRelayMs: 2_000 };
/** Each look is a round trip, and a hundred workers may share the database. */
const REMOTE: Pace = { idleCheckMs: 10_000, sweepMs: 5_000, relayMs: 1_000, idleRelayMs: 4_000 };

export function paceOf({ remote }: StoreFlags, leaseMs: number): Pace {
  const pace = remote ? REMOTE : LOCAL;
  return { ...pace, sweepMs: Math.min(pace.sweepMs, leaseMs / 2) };
}
