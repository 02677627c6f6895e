import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import type { Driver, Payload } from '../driver.ts';

const TASK = 'bench';
const CONNECTIONS = 10;
const COUNT = 'SELECT count(*)::int AS count FROM graphile_worker._private_jobs';

/**
 * graphile-worker, plain or as its page on performance recommends for very fast tasks: a local queue, and completions
 * collected per turn of the event loop.
 * @param localQueueSize null for none
 */
export function graphileDriver(localQueueSize: number | null, connectionString: string): Driver {
  const logger = new Logger(() => () => undefined);
  return {
    open: async () => {
      const utilities = await makeWorkerUtils({ connectionString, logger });
      await utilities.migrate();
      await utilities.withPgClient((client) => client.query('TRUNCATE graphile_worker._private_jobs'));
      return {
        addOne: (payload) => utilities.addJob(TASK, payload),
        addMany: async (payloads) => {
          await utilities.addJobs(payloads.map((payload) => ({ identifier: TASK, payload })));
        },
        // It deletes what is done.
        unfinished: () =>
          utilities.withPgClient(async (client) => Number((await client.query(COUNT)).rows[0]!['count'])),
        close: () => utilities.release(),
      };
    },
    work: async ({ concurrency, handler }) => {
      const tuning =
        localQueueSize === null
          ? {}
          : {
              localQueue: { size: Math.max(localQueueSize, concurrency + 1) },
              completeJobBatchDelay: 0,
              failJobBatchDelay: 0,
            };
      const worker = { connectionString, logger, concurrentJobs: concurrency, maxPoolSize: CONNECTIONS, ...tuning };
      await run({
        taskList: { [TASK]: (payload) => handler(payload as Payload) },
        noHandleSignals: true,
        logger,
        connectionString,
        preset: { worker },
      });
    },
  };
}
