import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { ConceptError } from '../../../src/core/errors.ts';
import type { NewTask } from '../../../src/core/task.ts';
import type { Store } from '../../../src/ports/store.ts';
import { newTask } from '../../contracts/fixtures.ts';

/** More than the storm can take away: a task that fails at all was lost. */
const MAX_ATTEMPTS = 50;
const USERS = 7;
const BATCH = 100;
const TICK_MS = 50;

/** What users do while the storm is on, and what they were told. */
export interface Traffic {
  /** Resolves when everything was asked for. */
  readonly done: Promise<void>;
  /** Ids of the tasks whose submit was answered. */
  readonly accepted: ReadonlySet<string>;
  /** Those of them that were cancelled last. */
  readonly cancelled: ReadonlySet<string>;
  /** Calls that the store refused because it was busy for too long. */
  readonly refused: number;
  /** How long the slowest call took; a suspended worker may hold the lock for as long as it sleeps. */
  readonly slowestMs: number;
}

/** Half of the tasks come at once, the others bit by bit; some are cancelled, and every second one of these is asked for again. */
export function startTraffic(store: Store, { tasks, seconds }: { tasks: number; seconds: number }): Traffic {
  const accepted = new Set<string>();
  const cancelled = new Set<string>();
  let refused = 0;
  let slowestMs = 0;

  const unlessRefused = async (call: () => Promise<unknown>): Promise<boolean> => {
    const calledAt = performance.now();
    try {
      await call();
      slowestMs = Math.max(slowestMs, performance.now() - calledAt);
      return true;
    } catch (thrown) {
      if (!ConceptError.isInstance(thrown)) throw thrown;
      // Cancelled too late, or retried by a turn of the loop before: the answer that a user gets, no failure.
      if (thrown.code !== 'INVALID_TRANSITION') refused += 1;
      return false;
    }
  };
  const submit = async (count: number): Promise<void> => {
    const batch = Array.from({ length: count }, (_, index) => taskOf(accepted.size + index));
    const known = await unlessRefused(() => store.tasks.submitMany(batch));
    if (known) for (const { id } of batch) accepted.add(id);
  };
  const cancelOne = async (): Promise<void> => {
    const { tasks: running } = await store.tasks.list({ status: Math.random() < 0.5 ? 'processing' : 'pending' });
    const victim = running[Math.floor(Math.random() * running.length)];
    if (victim && (await unlessRefused(() => store.tasks.cancel(victim.id)))) cancelled.add(victim.id);
  };
  const retryOne = async (): Promise<void> => {
    const [id] = [...cancelled].slice(-1);
    if (id !== undefined && (await unlessRefused(() => store.tasks.retry(id)))) cancelled.delete(id);
  };

  const run = async (): Promise<void> => {
    const half = Math.floor(tasks / 2);
    while (accepted.size < half) await submit(Math.min(BATCH, half - accepted.size));
    const ticks = Math.max(1, (seconds * 1_000 * 0.8) / TICK_MS);
    for (let tick = 0; accepted.size < tasks; tick++) {
      await submit(Math.min(Math.ceil((tasks - half) / ticks), tasks - accepted.size));
      await cancelOne();
      if (tick % 2 === 0) await retryOne();
      await sleep(TICK_MS);
    }
  };
  return {
    done: run(),
    accepted,
    cancelled,
    get refused() {
      return refused;
    },
    get slowestMs() {
      return Math.round(slowestMs);
    },
  };
}

function taskOf(number: number): NewTask {
  return newTask(systemClock, { userId: `user-${number % USERS}`, maxAttempts: MAX_ATTEMPTS });
}
