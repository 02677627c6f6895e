import type { Lease } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClaimedWork } from './work-source.ts';

/** Tasks that are claimed and wait for a slot of this worker. */
export interface HeldTasks {
  readonly size: number;
  /** Monotonic time of the last {@link add}, in milliseconds. */
  readonly since: number;
  leases(): readonly Lease[];
  add(works: readonly ClaimedWork[]): void;
  next(): ClaimedWork | undefined;
  /** Forgets those whose leases are void. */
  drop(leases: readonly Lease[]): void;
  /** Takes all out. */
  takeAll(): readonly ClaimedWork[];
}

export function createHeldTasks({ clock }: { readonly clock: Clock }): HeldTasks {
  let since = 0;
  let works: ClaimedWork[] = [];
  let position = 0;
  const rest = (): readonly ClaimedWork[] => works.slice(position);
  return {
    get size() {
      return works.length - position;
    },
    get since() {
      return since;
    },
    leases: () => rest().map(({ claimed }) => claimed.lease),
    add: (more) => {
      since = clock.monotonic();
      works = [...rest(), ...more];
      position = 0;
    },
    next: () => works[position++] ?? void (position = works.length),
    drop: (leases) => {
      const tokens = new Set(leases.map(({ token }) => token));
      works = rest().filter(({ claimed }) => !tokens.has(claimed.lease.token));
      position = 0;
    },
    takeAll: () => {
      const all = rest();
      works = [];
      position = 0;
      return all;
    },
  };
}
