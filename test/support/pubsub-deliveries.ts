import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Delivery, ReceiveOptions, TaskMessage, TaskQueue } from '../../src/ports/task-queue.ts';
import { newTask } from '../contracts/fixtures.ts';

const PATIENCE_MS = 15_000;

export function messages(count: number): readonly TaskMessage[] {
  return Array.from({ length: count }, () => {
    const { id, userId, type, input } = newTask(systemClock);
    return { taskId: id, userId, type, input };
  });
}

/** The next delivery; its receiver has ended then. @throws when none comes. */
export async function nextOf(queue: TaskQueue, options: Partial<ReceiveOptions> = {}): Promise<Delivery> {
  for await (const delivery of queue.receive({ signal: AbortSignal.timeout(PATIENCE_MS), ...options })) return delivery;
  throw new Error('nothing was delivered');
}

/** Everything until the signal aborts, or until so many have come; nothing is answered. */
export async function receiveAll(
  queue: TaskQueue,
  { count = Number.POSITIVE_INFINITY, ...options }: ReceiveOptions & { readonly count?: number },
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for await (const delivery of queue.receive(options)) {
    deliveries.push(delivery);
    if (deliveries.length === count) break;
  }
  return deliveries;
}
