import type { Store } from '../ports/store.ts';
import type { SweepReport } from '../ports/task-leases.ts';
import { createRelay, type RelayOptions } from './relay.ts';

export interface SweepOutcome extends SweepReport {
  /** Tasks that were published now. */
  readonly published: number;
  /** Tasks that could not be published; any later sweep tries again. */
  readonly unpublished: number;
}

/** One sweep and, where tasks are published, one pass of the relay. @throws ConceptError what the store throws. */
export async function sweepOnce(
  options: RelayOptions & { readonly store: Pick<Store, 'leases' | 'outbox'> },
  signal: AbortSignal = new AbortController().signal,
): Promise<SweepOutcome> {
  const swept = await options.store.leases.sweep({ signal });
  if (!options.queue.flags.relayed) return { ...swept, published: 0, unpublished: 0 };
  const { published, failed } = await createRelay(options).pass(signal);
  return { ...swept, published, unpublished: failed };
}
