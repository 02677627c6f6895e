import { expect, test } from 'vitest';
import { memoryQueue, type RejectedMessage } from '../../../src/adapters/queues/memory.ts';
import { fakeClock } from '../../../src/testing/fake-clock.ts';
import { type RejectedTask, testQueue } from '../../contracts/queue.ts';

testQueue('memoryQueue', async (options) => {
  const apart: RejectedTask[] = [];
  const onRejected = ({ message, reason }: RejectedMessage) => apart.push({ taskId: message.taskId, reason });
  const queue = memoryQueue({ ...options, onRejected });
  return { queue, rejected: async () => apart, cleanup: () => queue.close() };
});

test('an unanswered delivery comes back by the injected clock', async () => {
  const clock = fakeClock();
  const queue = memoryQueue({ clock, redeliverAfterMs: 60_000 });
  await queue.publish([{ taskId: 't1', userId: 'u1', type: 'generation', input: {} }]);
  const deliveries = queue.receive({ signal: AbortSignal.timeout(10_000) })[Symbol.asyncIterator]();
  expect((await deliveries.next()).value).toMatchObject({ taskId: 't1' });
  const second = deliveries.next();
  clock.advance(60_000);
  expect((await second).value).toMatchObject({ taskId: 't1' });
  await queue.close();
});

test('close ends the receivers', async () => {
  const queue = memoryQueue();
  const deliveries = queue.receive({ signal: new AbortController().signal })[Symbol.asyncIterator]();
  const next = deliveries.next();
  await queue.close();
  expect(await next).toMatchObject({ done: true });
});
