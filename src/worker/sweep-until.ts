import { delay } from '../core/abort.ts';
import { toConceptError } from '../core/errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';

interface SweepOptions {
  readonly store: Pick<Store, 'leases'>;
  /** Between two sweeps. */
  readonly everyMs: number;
  readonly logger: Logger;
}

/** Returns tasks of workers that died; every worker does it, so nobody has to. */
export async function sweepUntil(
  signal: AbortSignal,
  { store, everyMs, logger }: SweepOptions,
  onReturned: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { returned, failed } = await store.leases.sweep();
      if (returned + failed > 0) {
        logger.log('warn', 'returned tasks of a lost worker', { returned, failed });
        onReturned();
      }
    } catch (thrown) {
      logger.log('warn', 'sweep failed', { error: toConceptError(thrown).message });
    }
    await delay(everyMs, signal);
  }
}
