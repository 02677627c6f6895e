import { setTimeout as sleep } from 'node:timers/promises';
import { createDriver } from '../drivers/create-driver.ts';
import { payloadOf } from '../driver.ts';
import { median, nowUs, percentile } from './clock.ts';
import type { Figures, Order } from './order.ts';
import { startWorker } from './worker-process.ts';

const CONCURRENCY = 4;
/** The worker settles down after its start, and after the last task. */
const SETTLE_MS = 1_500;
const LEAST_GAP_MS = 10;
const GAP_SPREAD_MS = 40;

/** A worker that idles in another process is woken up by single submits, at irregular times; then its idle cost. */
export async function measureLatency({ driver, place, amounts }: Order): Promise<Figures> {
  const queue = await (await createDriver(driver, place)).open();
  const startUs = new Map<number, number>();
  const worker = await startWorker({ driver, place, concurrency: CONCURRENCY }, ({ starts }) => {
    for (const { seed, atUs } of starts) startUs.set(seed, atUs);
  });
  try {
    await worker.work();
    const waitFor = await queue.createWaiter?.();
    await sleep(SETTLE_MS);
    const submitUs: number[] = [];
    const waitUs: number[] = [];
    const begunUs: number[] = [];
    for (let index = 0; index < amounts.latencySamples; index++) {
      await sleep(LEAST_GAP_MS + Math.random() * GAP_SPREAD_MS);
      const begun = nowUs();
      const task = await queue.addOne(payloadOf(index));
      submitUs.push(nowUs() - begun);
      begunUs.push(begun);
      if (!waitFor) continue;
      await waitFor(task);
      waitUs.push(nowUs() - begun);
    }
    await sleep(SETTLE_MS);
    const delaysUs = begunUs.flatMap((begun, index) => (startUs.has(index) ? [startUs.get(index)! - begun] : []));
    return {
      'start-p50': median(delaysUs) / 1_000,
      'start-p99': percentile(delaysUs, 0.99) / 1_000,
      'submit-p50': median(submitUs) / 1_000,
      ...(waitFor && { 'wait-p50': median(waitUs) / 1_000, 'wait-p99': percentile(waitUs, 0.99) / 1_000 }),
      'idle-cpu': await worker.idleCpuPercent(amounts.idleSeconds),
      'starts-seen': delaysUs.length / amounts.latencySamples,
    };
  } finally {
    await worker.stop();
    await queue.close();
  }
}
