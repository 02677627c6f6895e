import type { Delivery, TaskQueue } from '../../src/ports/task-queue.ts';

/** The same queue; what becomes of each of its deliveries is written down in `answers`. */
export function recordingAnswers(queue: TaskQueue, answers: string[]): TaskQueue {
  const recorded = (delivery: Delivery): Delivery => ({
    ...delivery,
    acknowledge: () => {
      answers.push('acknowledged');
      return delivery.acknowledge();
    },
    giveBack: (delayMs) => {
      answers.push('given back');
      return delivery.giveBack(delayMs);
    },
  });
  return {
    ...queue,
    async *receive(options) {
      for await (const delivery of queue.receive(options)) yield recorded(delivery);
    },
  };
}
