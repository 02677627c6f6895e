import type { Logger } from '../ports/logger.ts';
import type { TaskLeases } from '../ports/task-leases.ts';
import type { Delivery, TaskQueue } from '../ports/task-queue.ts';
import { receive } from './receive.ts';
import type { WorkSource } from './work-source.ts';

export interface SignalSourceOptions {
  readonly leases: TaskLeases;
  readonly queue: TaskQueue;
  readonly logger: Logger;
}

/** A queue that only signals: each signal wakes the worker, which claims whatever is next. */
export function signalSource({ leases, queue, logger }: SignalSourceOptions, onNews: () => void): WorkSource {
  let latest: Delivery | undefined;
  const onSignal = async (signal: Delivery): Promise<void> => {
    latest = signal;
    onNews();
  };
  const receiving = receive({ queue, logger }, onSignal, onNews);
  return {
    take: async (options) => {
      receiving.assertAlive();
      const claims = await leases.claim(options);
      if (claims.length > 0) await latest?.acknowledge();
      return claims.map((claimed) => ({ claimed }));
    },
    leases: () => [],
    close: receiving.close,
  };
}
