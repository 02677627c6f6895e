import { toConceptError } from '../core/errors.ts';
import { jittered } from '../core/retry.ts';
import { isFinal, type Task, type TaskType } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import type { Delivery, TaskQueue } from '../ports/task-queue.ts';

export interface DeliveryDeskOptions {
  readonly store: Pick<Store, 'tasks' | 'leases' | 'outbox'>;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How soon to ask again for a task that another worker holds, where nothing else brings it back. */
  readonly busyDelayMs: number;
  /** Deliveries that limits hold back and that may be kept at a time: the queue must have room for others beside them. */
  readonly mostKept: number;
}

/** Answers deliveries by what the store says of their tasks. */
export interface DeliveryDesk {
  /** Gives an answer; one that cannot be given is logged: the queue then delivers again. */
  answer(delivery: Delivery, give: () => Promise<void>): Promise<void>;
  /**
   * Answers a delivery whose task could not be claimed.
   * @param types those that this worker takes.
   * @returns whether the task is due and only held back, by limits for example.
   * @throws what the store throws.
   */
  settle(delivery: Delivery, taskId: string, types?: readonly TaskType[]): Promise<boolean>;
  /** Answers a delivery after an attempt. */
  settleAttempt(delivery: Delivery, taskId: string): Promise<void>;
  /** Answers a delivery that names a task nobody knows. */
  settleUnknown(delivery: Delivery): Promise<void>;
}

/** What a publisher may not have committed yet. */
const UNKNOWN_PATIENCE_MS = 60_000;
const UNKNOWN_DELAY_MS = 5_000;
/** Of a task that is due and cannot be claimed for the moment, under limits for example. */
const UNCLAIMABLE_DELAY_MS = 2_000;
/** Each is asked for again all the time. */
const MOST_KEPT = 8;

export function createDeliveryDesk(options: DeliveryDeskOptions): DeliveryDesk {
  const { store, queue, clock, logger, busyDelayMs, mostKept } = options;
  const { relayed } = queue.flags;
  const { answer, later, done } = createAnswers(options);

  const settleUnknown: DeliveryDesk['settleUnknown'] = (delivery) => {
    const { publishedAt } = delivery;
    const ageMs = publishedAt === null ? Number.POSITIVE_INFINITY : clock.now() - Date.parse(publishedAt);
    if (ageMs < UNKNOWN_PATIENCE_MS) return later(delivery, UNKNOWN_DELAY_MS);
    logger.log('warn', 'a message names no task that is known', { taskId: delivery.taskId });
    return answer(delivery, () => delivery.reject('there is no such task'));
  };

  const mayKeep = createKeepingLimit(Math.min(MOST_KEPT, mostKept), clock);

  const settlePending = async (delivery: Delivery, task: Task, types?: readonly TaskType[]): Promise<boolean> => {
    const waitMs = Date.parse(task.runAt) - clock.now();
    const isRelayed = relayed && hasInput(task);
    const isOurs = !types || types.includes(task.type);
    if (waitMs > 0) await (isRelayed ? done(delivery) : later(delivery, waitMs));
    else if (!isRelayed || (isOurs && mayKeep(task.id))) await later(delivery, UNCLAIMABLE_DELAY_MS);
    else {
      // For a worker of another kind, or one too many that limits hold back: the relay gives it another round.
      await store.outbox.giveBack([task.id]);
      await done(delivery);
    }
    return waitMs <= 0 && isOurs;
  };

  const settleMissed = async (delivery: Delivery, task: Task | undefined): Promise<void> => {
    if (!task) return settleUnknown(delivery);
    if (isFinal(task)) return done(delivery);
    if (isOfAnother(delivery, task)) {
      logger.log('warn', 'a message names another user than its task', { taskId: task.id });
      return answer(delivery, () => delivery.reject('its user is not the user of the task'));
    }
    // Another worker has it. When that one dies, the task's row brings another message, if it can.
    return relayed && hasInput(task) ? done(delivery) : later(delivery, busyDelayMs);
  };

  return {
    answer,
    settleUnknown,
    settle: async (delivery, taskId, types) => {
      const task = await store.tasks.get(taskId);
      if (task?.status === 'pending' && !isOfAnother(delivery, task)) return settlePending(delivery, task, types);
      await settleMissed(delivery, task);
      return false;
    },
    settleAttempt: async (delivery, taskId) => {
      if (relayed) return done(delivery);
      const now = await store.tasks.get(taskId);
      if (!now || isFinal(now)) return done(delivery);
      const waitMs = now.status === 'pending' ? Math.max(0, Date.parse(now.runAt) - clock.now()) : busyDelayMs;
      return answer(delivery, () => delivery.giveBack(waitMs));
    },
  };
}

interface Answers {
  readonly answer: DeliveryDesk['answer'];
  readonly later: (delivery: Delivery, delayMs: number) => Promise<void>;
  readonly done: (delivery: Delivery) => Promise<void>;
}

function createAnswers({ clock, logger }: DeliveryDeskOptions): Answers {
  const answer: DeliveryDesk['answer'] = async (delivery, give) => {
    try {
      await give();
    } catch (thrown) {
      // The queue delivers again, and the store says what has become of the task.
      const { code, message } = toConceptError(thrown);
      logger.log('warn', 'cannot answer a delivery', { taskId: delivery.taskId, code, error: message });
    }
  };
  return {
    answer,
    later: (delivery, delayMs) => answer(delivery, () => delivery.giveBack(jittered(delayMs, clock.random()))),
    done: (delivery) => answer(delivery, () => delivery.acknowledge()),
  };
}

function isOfAnother({ message }: Delivery, { userId }: Task): boolean {
  return message !== null && message.userId !== userId;
}

/** Whether the delivery of a task that limits hold back may be kept, among so many at a time. */
function createKeepingLimit(most: number, clock: Pick<Clock, 'monotonic'>): (taskId: string) => boolean {
  const kept = new Map<string, number>();
  return (taskId) => {
    const now = clock.monotonic();
    kept.delete(taskId);
    for (const [id, until] of kept) if (until <= now) kept.delete(id);
    if (kept.size >= most) return false;
    // Longer than any of them is away: one that comes back counts anew.
    kept.set(taskId, now + 2 * UNCLAIMABLE_DELAY_MS);
    return true;
  };
}

/** The row of an older publisher has none before it was taken from a message that fits: no relay would bring the task back. */
function hasInput({ input }: Task): boolean {
  return Object.keys(input).length > 0;
}
