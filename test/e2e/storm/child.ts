import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqlite } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { Processor } from '../../../src/processors/processor.ts';
import { createWorker } from '../../../src/worker/create-worker.ts';
import { NO_PROVIDERS } from '../../worker/no-providers.ts';

// A worker of the storm, in a process of its own, bundled. It lives until somebody kills it or asks it to stop.
const [, file, log, ...times] = process.argv.slice(2) as [string, string, string, ...string[]];
const [leaseMs, taskMs] = times.map(Number) as [number, number];

/** Takes from half to one and a half of the time it is told, leaves a line in the execution log, and says in its result which attempt made it. */
const work: Processor<'generation'> = async (task, { stages, signal }) => {
  appendFileSync(log, `${task.id}\n`);
  await stages.run({
    stage: 'image-generation',
    fraction: 0.5,
    signal,
    work: async (options) => sleep(taskMs * (0.5 + Math.random()), undefined, { signal: options.signal }),
  });
  return { data: { attempt: task.attempt }, files: [], partial: false };
};

const { store, queue } = await openSqlite({ file, clock: systemClock });
const worker = createWorker({
  store,
  queue,
  processing: NO_PROVIDERS,
  processors: { generation: work },
  logger: { log: () => undefined },
  concurrency: 4,
  leaseMs,
  graceMs: 5_000,
});

const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.stdout.write(`${JSON.stringify('working')}\n`);
await worker.run({ signal: stop.signal });
await queue.close();
await store.close();
