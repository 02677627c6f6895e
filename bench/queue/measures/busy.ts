import { setTimeout as sleep } from 'node:timers/promises';
import { createDriver } from '../drivers/create-driver.ts';
import { payloadOf } from '../driver.ts';
import { median, nowUs, percentile, ratePerSecond } from './clock.ts';
import { fill } from './drain.ts';
import type { Figures, Order } from './order.ts';
import { startWorker } from './worker-process.ts';

const PROCESSES = 2;
const CONCURRENCY = 10;
const GAP_MS = 5;
/** The workers are at full speed by then. */
const WARM_UP_TASKS = 500;

/** How long a single submit takes while two workers drain a backlog as fast as they can. */
export async function measureBusy({ driver, place, amounts }: Order): Promise<Figures> {
  const queue = await (await createDriver(driver, place)).open();
  await fill(queue, amounts.busyBacklog);
  let ran = 0;
  const workers = await Promise.all(
    Array.from({ length: PROCESSES }, () =>
      startWorker({ driver, place, concurrency: CONCURRENCY }, ({ count }) => {
        ran += count;
      }),
    ),
  );
  try {
    await Promise.all(workers.map((worker) => worker.work()));
    while (ran < WARM_UP_TASKS) await sleep(1);
    const since = nowUs();
    const ranBefore = ran;
    const durationsMs: number[] = [];
    // Once the backlog runs dry the workers are no longer at full speed.
    while (durationsMs.length < amounts.busySamples && ran < amounts.busyBacklog) {
      await sleep(GAP_MS);
      const begun = nowUs();
      await queue.addOne(payloadOf(durationsMs.length));
      durationsMs.push((nowUs() - begun) / 1_000);
    }
    return {
      p50: median(durationsMs),
      p99: percentile(durationsMs, 0.99),
      max: Math.max(...durationsMs),
      samples: durationsMs.length,
      'drain-rate': ratePerSecond(ran - ranBefore, since),
    };
  } finally {
    for (const worker of workers) await worker.stop();
    await queue.close();
  }
}
