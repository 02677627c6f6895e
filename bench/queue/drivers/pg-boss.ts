import { PgBoss } from 'pg-boss';
import type { Driver, Payload } from '../driver.ts';

const NAME = 'bench';
const COUNT = `SELECT count(*)::int AS count FROM pgboss.job WHERE name = '${NAME}' AND state < 'completed'`;
/** Fetching again at once after a full batch is ignored for batches of one. */
const LEAST_BATCH = 2;
/** With large batches one more fetches while the first is at work; more than that was slower. */
const LARGE_BATCH_FETCHERS = 2;

/**
 * pg-boss with everything that makes it fast: woken up by LISTEN/NOTIFY, fetching again at once while batches come back full.
 * @param batchSize null for the number of handlers at the same time
 */
export function pgBossDriver(batchSize: number | null, connectionString: string): Driver {
  const start = async (): Promise<PgBoss> => {
    const boss = new PgBoss({ connectionString, useListenNotify: true });
    boss.on('error', (problem) => process.stderr.write(`pg-boss: ${String(problem)}\n`));
    // Slow statements under full load: expected here.
    boss.on('warning', () => undefined);
    await boss.start();
    return boss;
  };
  return {
    open: async () => {
      const boss = await start();
      await boss.deleteQueue(NAME);
      await boss.createQueue(NAME, { notify: true });
      return {
        addOne: (payload) => boss.send(NAME, payload),
        addMany: async (payloads) => {
          await boss.insert(
            NAME,
            payloads.map((data) => ({ data })),
          );
        },
        unfinished: async () => Number((await boss.getDb().executeSql(COUNT)).rows[0]!['count']),
        close: () => boss.stop({ graceful: false }),
      };
    },
    work: async ({ concurrency, handler }) => {
      const boss = await start();
      const options = {
        batchSize: batchSize ?? Math.max(LEAST_BATCH, concurrency),
        localConcurrency: batchSize === null ? 1 : Math.min(LARGE_BATCH_FETCHERS, concurrency),
        pollingIntervalSeconds: 0.5,
        notifyPollingIntervalSeconds: 5,
        burstWhenBatchFull: true,
      };
      await boss.work<Payload>(NAME, options, async (jobs) => {
        for (const { data } of jobs) await handler(data);
      });
    },
  };
}
