import { ConceptError } from '../core/errors.ts';
import { jittered } from '../core/retry.ts';
import type { Delivery } from '../ports/task-queue.ts';
import { receive } from './receive.ts';
import { refuseDelivery } from './refuse-delivery.ts';
import { createHeldBack } from './held-back.ts';
import { createDeliveryDesk, type DeliveryDesk, type DeliveryDeskOptions } from './delivery-desk.ts';
import type { ClaimedWork, ClaimOptions, WorkSource } from './work-source.ts';

export interface DeliverySourceOptions extends DeliveryDeskOptions {
  /** Deliveries held in this process that no slot is free for yet. */
  readonly buffer: number;
  /** Take no more from the queue than is worked on. */
  readonly drain?: boolean | undefined;
}

interface Waiting {
  readonly delivery: Delivery;
  /** How often the store could not say what is to become of it. */
  readonly failures: number;
}

/** A delivery that the store fails for more often is out of the others' way for a while. */
const MOST_FAILURES = 3;
const FAILING_DELAY_MS = 30_000;

/** A queue that delivers ids: each is claimed by its id; the store's lease decides. */
export function deliverySource(options: DeliverySourceOptions, onNews: () => void): WorkSource {
  const { queue, buffer, logger, clock } = options;
  const heldBack = createHeldBack(clock);
  const desk = heldBack.watch(createDeliveryDesk(options));
  const waiting: Waiting[] = [];
  let closed = false;
  let resume: (() => void) | undefined;

  const onDelivery = async (delivery: Delivery): Promise<void> => {
    waiting.push({ delivery, failures: 0 });
    onNews();
    // Not asking for more is the only back pressure a queue understands.
    if (waiting.length >= buffer && !closed) await new Promise<void>((resolve) => (resume = resolve));
  };
  const receiving = receive({ queue, logger, drain: options.drain }, onDelivery, onNews);

  /** Behind the others: whatever ails this one must not hold them up. */
  const keep = async ({ delivery, failures }: Waiting): Promise<void> => {
    if (failures + 1 < MOST_FAILURES) waiting.push({ delivery, failures: failures + 1 });
    else await desk.answer(delivery, () => delivery.giveBack(jittered(FAILING_DELAY_MS, clock.random())));
  };

  /**
   * While limits hold deliveries back, these take the room of others that no limit concerns: the store is asked for any task then.
   * Its own delivery, when it comes, finds it taken.
   */
  const takeAny = async (claim: ClaimOptions): Promise<readonly ClaimedWork[]> => {
    if (claim.limit <= 0 || !heldBack.isAny()) return [];
    const claimed = await options.store.leases.claim({ ...claim, ahead: 0 });
    return claimed.map((task) => ({ claimed: task }));
  };

  const takeSome = async (claim: ClaimOptions): Promise<{ taken: ClaimedWork[]; failure?: { thrown: unknown } }> => {
    const some = waiting.splice(0, claim.limit);
    resume?.();
    const outcomes = await Promise.allSettled(some.map(({ delivery }) => takeOne(delivery, claim, options, desk)));
    const taken = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failed) return { taken };
    await Promise.all(some.filter((_, index) => outcomes[index]!.status === 'rejected').map(keep));
    return { taken, failure: { thrown: failed.reason } };
  };

  return {
    take: async (claim) => {
      receiving.assertAlive();
      const all: ClaimedWork[] = [];
      while (all.length < claim.limit && waiting.length > 0) {
        const { taken, failure } = await takeSome({ ...claim, limit: claim.limit - all.length });
        all.push(...taken);
        if (!failure) continue;
        // What is claimed already must be started; the error comes again with the next try.
        if (all.length > 0) return all;
        throw failure.thrown;
      }
      if (all.length > 0) return all;
      return takeAny(claim);
    },
    close: async () => {
      closed = true;
      resume?.();
      await receiving.close();
      await Promise.all(waiting.splice(0).map(({ delivery }) => desk.answer(delivery, () => delivery.giveBack(0))));
    },
  };
}

/** Claims what a delivery names, or finds out what is to become of it. @throws what the store throws. */
async function takeOne(
  delivery: Delivery,
  claim: ClaimOptions,
  options: DeliverySourceOptions,
  desk: DeliveryDesk,
): Promise<ClaimedWork | undefined> {
  const { taskId, problem, message } = delivery;
  if (taskId === null || problem !== null) return refuse(problem ?? 'the message names no task');
  try {
    const request = { ...claim, limit: 1, ahead: 0, taskId, ...(message && { message }) };
    const [claimed] = await options.store.leases.claim(request);
    if (claimed && message && message.userId !== claimed.task.userId) {
      options.logger.log('warn', 'a message names another user than its task, whose row decides', { taskId });
    }
    if (claimed) return { claimed, settled: () => desk.settleAttempt(delivery, taskId) };
  } catch (thrown) {
    // The store cannot take this message for an input; anything else is no fault of the delivery's.
    if (ConceptError.isInstance(thrown) && thrown.code === 'INVALID_INPUT') return refuse(thrown.message);
    throw thrown;
  }
  await desk.settle(delivery, taskId, claim.types);
  return undefined;

  async function refuse(reason: string): Promise<undefined> {
    const isLeft = await refuseDelivery(delivery, reason, options, desk);
    if (isLeft) await desk.settle(delivery, isLeft.taskId, claim.types);
  }
}
