import { type Job, Queue, QueueEvents, Worker } from 'bullmq';
import type { Driver, Payload } from '../driver.ts';

const NAME = 'bench';
/** Everything that is not at an end. */
const UNFINISHED = ['waiting', 'active', 'delayed', 'prioritized', 'paused'];

/** BullMQ as its documentation sets it up; how durable it is, is a setting of the Redis behind the port. */
export function bullmqDriver(port: number): Driver {
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  return {
    open: async () => {
      const queue = new Queue<Payload>(NAME, { connection });
      await queue.waitUntilReady();
      await queue.obliterate({ force: true });
      return {
        addOne: (payload) => queue.add('task', payload),
        addMany: async (payloads) => {
          await queue.addBulk(payloads.map((data) => ({ name: 'task', data })));
        },
        unfinished: () => queue.getJobCountByTypes(...UNFINISHED),
        createWaiter: async () => {
          const events = new QueueEvents(NAME, { connection });
          await events.waitUntilReady();
          return async (task) => {
            await (task as Job<Payload>).waitUntilFinished(events);
          };
        },
        close: () => queue.close(),
      };
    },
    work: async ({ concurrency, handler }) => {
      const worker = new Worker<Payload>(NAME, ({ data }) => handler(data), { connection, concurrency });
      await worker.waitUntilReady();
    },
  };
}
