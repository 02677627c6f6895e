import { setTimeout as sleep } from 'node:timers/promises';
import { createDriver } from '../drivers/create-driver.ts';
import { type OpenQueue, payloads } from '../driver.ts';
import { nowUs, ratePerSecond } from './clock.ts';
import type { Figures, Order } from './order.ts';
import { startWorker } from './worker-process.ts';

const FILL_CHUNK = 5_000;
/** Between two looks at the queue once all handlers ran. */
const LOOK_MS = 2;

interface Drain {
  readonly tasks: number;
  readonly processes: number;
  readonly concurrency: number;
}

/** Tasks per second through handlers that do nothing, for several numbers of handlers and processes. */
export async function measureDrain(order: Order): Promise<Figures> {
  const { oneHandler, manyHandlers, twoProcesses } = order.amounts.drain;
  return {
    c1: await drain(order, { tasks: oneHandler, processes: 1, concurrency: 1 }),
    c10: await drain(order, { tasks: manyHandlers, processes: 1, concurrency: 10 }),
    c50: await drain(order, { tasks: manyHandlers, processes: 1, concurrency: 50 }),
    '2xc10': await drain(order, { tasks: twoProcesses, processes: 2, concurrency: 10 }),
  };
}

/** From the start of the first handler, so that connecting is nobody's loss, until the queue has recorded all as completed. */
async function drain({ driver, place }: Order, { tasks, processes, concurrency }: Drain): Promise<number> {
  const queue = await (await createDriver(driver, place)).open();
  await fill(queue, tasks);
  let ran = 0;
  let sayAllRan: () => void;
  const allRan = new Promise<void>((resolve) => (sayAllRan = resolve));
  let firstUs = Number.POSITIVE_INFINITY;
  const workers = await Promise.all(
    Array.from({ length: processes }, () =>
      startWorker({ driver, place, concurrency }, (report) => {
        ran += report.count;
        firstUs = Math.min(firstUs, report.firstUs);
        if (ran >= tasks) sayAllRan();
      }),
    ),
  );
  try {
    await Promise.all(workers.map((worker) => worker.work()));
    await allRan;
    while ((await queue.unfinished()) > 0) await sleep(LOOK_MS);
    return ratePerSecond(tasks, firstUs, nowUs());
  } finally {
    for (const worker of workers) await worker.stop();
    await queue.close();
  }
}

/** In chunks that every system takes. */
export async function fill(queue: OpenQueue, tasks: number): Promise<void> {
  for (let done = 0; done < tasks; done += FILL_CHUNK) {
    await queue.addMany(payloads(Math.min(FILL_CHUNK, tasks - done), done));
  }
}
