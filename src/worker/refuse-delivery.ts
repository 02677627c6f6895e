import type { TaskError } from '../core/task.ts';
import type { Delivery } from '../ports/task-queue.ts';
import type { DeliveryDesk, DeliveryDeskOptions } from './delivery-desk.ts';

/**
 * A message that cannot be used: its task fails with the reason, or it is put apart when there is none.
 * @returns the task when it is left as it is, since another worker has it or it has ended.
 * @throws what the store throws.
 */
export async function refuseDelivery(
  delivery: Delivery,
  reason: string,
  { store, logger }: DeliveryDeskOptions,
  desk: DeliveryDesk,
): Promise<{ readonly taskId: string } | undefined> {
  const { taskId } = delivery;
  if (taskId === null) {
    logger.log('warn', 'a message names no task', { problem: reason });
    await desk.answer(delivery, () => delivery.reject(reason));
    return undefined;
  }
  const outcome = await store.outbox.refuse({ taskId, error: refusalOf(reason) });
  if (outcome === 'left') return { taskId };
  if (outcome === 'unknown') {
    await desk.settleUnknown(delivery);
    return undefined;
  }
  logger.log('warn', 'a task failed, its message cannot be used', { taskId, problem: reason });
  await desk.answer(delivery, () => delivery.acknowledge());
  return undefined;
}

function refusalOf(reason: string): TaskError {
  return {
    code: 'INVALID_INPUT',
    message: `the message of this task cannot be used: ${reason}`,
    retryable: false,
    hint: 'mend its publisher, and submit the task anew',
  };
}
