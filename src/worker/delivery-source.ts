import { ConceptError } from '../core/errors.ts';
import { jittered } from '../core/retry.ts';
import type { Lease } from '../core/task.ts';
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

interface Taken {
  readonly taken: readonly ClaimedWork[];
  readonly failure?: { readonly thrown: unknown };
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
  const inHand = new Set<Lease>();
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

  const takeSome = async (claim: ClaimOptions): Promise<Taken> => {
    const some = waiting.splice(0, claim.limit);
    resume?.();
    const outcomes = await Promise.allSettled(
      some.map(async ({ delivery }) => {
        const work = await takeOne(delivery, claim, options, desk);
        if (work) inHand.add(work.claimed.lease);
        return work;
      }),
    );
    const taken = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failed) return { taken };
    await Promise.all(some.filter((_, index) => outcomes[index]!.status === 'rejected').map(keep));
    return { taken, failure: { thrown: failed.reason } };
  };

  const takeAll = async (claim: ClaimOptions): Promise<readonly ClaimedWork[]> => {
    const all = await takeUpTo(claim, () => waiting.length > 0, takeSome);
    return all.length === 0 && heldBack.isAny() ? takeAny(claim, options) : all;
  };

  return {
    take: async (claim) => {
      receiving.assertAlive();
      try {
        return await takeAll(claim);
      } finally {
        inHand.clear();
      }
    },
    leases: () => [...inHand],
    close: async () => {
      closed = true;
      resume?.();
      await receiving.close();
      await Promise.all(waiting.splice(0).map(({ delivery }) => desk.answer(delivery, () => delivery.giveBack(0))));
    },
  };
}

/**
 * While limits hold deliveries back, these take the room of others that no limit concerns: the store is asked for any task then.
 * Its own delivery, when it comes, finds it taken.
 */
async function takeAny(claim: ClaimOptions, { store }: DeliverySourceOptions): Promise<readonly ClaimedWork[]> {
  if (claim.limit <= 0) return [];
  const claimed = await store.leases.claim({ ...claim, ahead: 0 });
  return claimed.map((task) => ({ claimed: task }));
}

/** Takes until there are as many as wanted, or there is nothing more. @throws what the store throws when nothing could be taken. */
async function takeUpTo(
  claim: ClaimOptions,
  isMore: () => boolean,
  takeSome: (claim: ClaimOptions) => Promise<Taken>,
): Promise<readonly ClaimedWork[]> {
  const all: ClaimedWork[] = [];
  while (all.length < claim.limit && isMore()) {
    const { taken, failure } = await takeSome({ ...claim, limit: claim.limit - all.length });
    all.push(...taken);
    if (!failure) continue;
    // What is claimed already must be started; the error comes again with the next try.
    if (all.length > 0) return all;
    throw failure.thrown;
  }
  return all;
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
