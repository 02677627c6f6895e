import { hostname } from 'node:os';
import { delay, untilAborted } from '../core/abort.ts';
import { ConceptError, toConceptError } from '../core/errors.ts';
import { isFinal, type TaskError } from '../core/task.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import type { ProcessorDependencies } from '../processors/processor.ts';
import { runTask } from '../processors/run-task.ts';
import { createBell, type Bell } from './bell.ts';
import { deliverySource } from './delivery-source.ts';
import { startIdentity, type WorkerIdentity } from './identity.ts';
import { signalSource } from './signal-source.ts';
import { sweepUntil } from './sweep-until.ts';
import { createTally, type Tally } from './tally.ts';
import { createTaskSlots, type TaskSlots } from './task-slots.ts';
import type { ClaimedWork, WorkSource } from './work-source.ts';
import type { AttemptReport, RunWorkerOptions, Worker, WorkerSummary } from './worker-types.ts';

export interface CreateWorkerOptions {
  readonly store: Store;
  readonly queue: TaskQueue;
  readonly processing: Omit<ProcessorDependencies, 'concepts'>;
  readonly logger: Logger;
  /** Tasks at the same time. */
  readonly concurrency: number;
  /** A worker that is silent for longer loses its tasks. */
  readonly leaseMs: number;
  /** How long a stopping worker lets its tasks finish. */
  readonly graceMs: number;
}

/** News wakes a worker up at once; this bounds what a missed wake-up can cost. */
const IDLE_CHECK_MS = 1_000;
/** Wait after a failed claim: the store is away, hammering it would not help. */
const STORE_AWAY_MS = 1_000;

/** The parts of one run. */
interface Run {
  readonly settings: CreateWorkerOptions;
  readonly options: RunWorkerOptions;
  readonly source: WorkSource;
  readonly identity: WorkerIdentity;
  readonly slots: TaskSlots;
  readonly bell: Bell;
  readonly tally: Tally;
  /** Set when the outcome of the only task cannot be recorded. */
  unrecorded: TaskError | null;
}

/** A worker over any store and queue: claims, processes with the given providers, settles. Platform-free. */
export function createWorker(settings: CreateWorkerOptions): Worker {
  return { run: (options) => runWorker(settings, options) };
}

async function runWorker(settings: CreateWorkerOptions, options: RunWorkerOptions): Promise<WorkerSummary> {
  const { store, leaseMs, logger } = settings;
  const { clock } = settings.processing;
  const bell = createBell();
  const slots = createTaskSlots();
  const identity = await startIdentity({
    workers: store.workers,
    clock,
    logger,
    leaseMs,
    registration: {
      kind: options.onlyTaskId === undefined ? 'worker' : 'waiter',
      host: hostname(),
      pid: process.pid,
      types: options.types ?? null,
    },
    held: slots.leases,
    onLost: slots.abandon,
  });
  const source = openSource(settings, options, bell);
  const tally = createTally(clock);
  const run: Run = { settings, options, source, identity, slots, bell, tally, unrecorded: null };
  options.signal.addEventListener('abort', bell.ring, { once: true });
  const housekeeping = new AbortController();
  const sweeping = sweepUntil(housekeeping.signal, settings, bell.ring);
  try {
    await claimUntilDone(run);
  } finally {
    options.signal.removeEventListener('abort', bell.ring);
    await stop(run);
    housekeeping.abort();
    await sweeping;
  }
  return run.tally.summary();
}

function openSource(settings: CreateWorkerOptions, options: RunWorkerOptions, bell: Bell): WorkSource {
  const { store, queue, leaseMs, processing } = settings;
  if (options.onlyTaskId !== undefined) return ownTaskSource(store, options.onlyTaskId);
  if (queue.flags.delivers === 'signals') return signalSource({ leases: store.leases, queue }, bell.ring);
  const buffer = options.concurrency ?? settings.concurrency;
  return deliverySource({ store, queue, clock: processing.clock, buffer, busyDelayMs: leaseMs / 2 }, bell.ring);
}

function ownTaskSource({ leases }: Store, taskId: string): WorkSource {
  return {
    take: async (options) => {
      const claims = await leases.claim({ ...options, taskId, limit: 1 });
      return claims.map((claimed) => ({ claimed, settled: () => Promise.resolve() }));
    },
    close: () => Promise.resolve(),
  };
}

/** The loop: fill the free slots, leave when done, sleep until something changes. */
async function claimUntilDone(run: Run): Promise<void> {
  const { options, bell, slots, tally } = run;
  const most = options.maxTasks ?? Number.POSITIVE_INFINITY;
  while (!options.signal.aborted && tally.started() < most) {
    const free = Math.min((options.concurrency ?? run.settings.concurrency) - slots.size, most - tally.started());
    const claimed = free > 0 ? await claim(run, free) : [];
    for (const work of claimed) startTask(run, work);
    if (claimed.length > 0) continue;
    if (slots.size === 0 && (await isDone(run).catch(notWhileAway))) return;
    await bell.wait(IDLE_CHECK_MS);
    if (run.unrecorded) throw new ConceptError(run.unrecorded.code, run.unrecorded.message, run.unrecorded);
  }
}

async function claim({ source, identity, options, settings }: Run, limit: number): Promise<readonly ClaimedWork[]> {
  try {
    return await source.take({ workerId: identity.id(), types: options.types, limit });
  } catch (thrown) {
    const error = toConceptError(thrown);
    if (error.code === 'LEASE_LOST')
      await identity.renew().catch((refused: unknown) => waitOut(toConceptError(refused)));
    else await waitOut(error);
    return [];
  }

  async function waitOut(error: ConceptError): Promise<void> {
    if (!error.retryable) throw error;
    settings.logger.log('warn', 'cannot claim, the store is away', { code: error.code, error: error.message });
    await delay(STORE_AWAY_MS, options.signal);
  }
}

function startTask(run: Run, { claimed, settled }: ClaimedWork): void {
  const { store, processing, logger } = run.settings;
  const dependencies = { ...processing, concepts: store.concepts, leases: store.leases };
  const finish = run.tally.start(claimed);
  const isOwn = run.options.onlyTaskId !== undefined;
  run.slots.start(claimed, async (signal) => {
    const { outcome, error } = await runTask(claimed, dependencies, { signal, keepTrying: !isOwn });
    // Whoever waits for this very task learns now that its outcome cannot be recorded.
    if (isOwn && outcome === 'lost' && error && error.code !== 'LEASE_LOST') run.unrecorded = error;
    await settled().catch((thrown: unknown) => {
      // The queue delivers again, and the store answers that the task is done.
      logger.log('warn', 'cannot settle a delivery', {
        taskId: claimed.task.id,
        error: toConceptError(thrown).message,
      });
    });
    report(finish(outcome, error), run);
    run.bell.ring();
  });
}

/** The caller's own code runs here: what it throws must not end the worker, nor go unseen. */
function report(attempt: AttemptReport, { options, settings }: Run): void {
  const { taskId, type, outcome, durationMs, error } = attempt;
  const fields = { taskId, type, attempt: attempt.attempt, durationMs, code: error?.code, stage: error?.stage };
  settings.logger.log('info', `task ${outcome}`, fields);
  try {
    options.onAttempt?.(attempt);
  } catch (thrown) {
    settings.logger.log('error', 'onAttempt threw', { taskId, error: toConceptError(thrown).message });
  }
}

/**
 * A drain ends when nothing is due, under way or waiting for a retry, in this worker or another: tasks of a worker that dies
 * meanwhile are still picked up. Tasks scheduled for later do not hold it.
 */
async function isDone({ options, settings }: Run): Promise<boolean> {
  const { tasks } = settings.store;
  if (options.onlyTaskId !== undefined) {
    const task = await tasks.get(options.onlyTaskId);
    return task === undefined || isFinal(task);
  }
  if (!options.drain) return false;
  const { due, processing, retrying } = await tasks.counts({ types: options.types });
  return due + processing + retrying === 0;
}

/** A store that is away for a moment says nothing about the backlog. */
function notWhileAway(thrown: unknown): false {
  if (toConceptError(thrown).retryable) return false;
  throw thrown;
}

/** Lets what is under way finish; once the run is told to stop, within the grace period: then it is given back. */
async function stop({ source, slots, identity, settings, options }: Run): Promise<void> {
  const settled = new AbortController();
  const idle = slots.idle().finally(() => settled.abort());
  const graceOver = untilAborted(options.signal, settled.signal).then(() => delay(settings.graceMs, settled.signal));
  await Promise.race([idle, graceOver]);
  slots.interrupt();
  await idle;
  await source.close();
  await identity.retire();
}
