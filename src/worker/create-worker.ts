import { hostname } from 'node:os';
import { delay, untilAborted } from '../core/abort.ts';
import { ConceptError, toConceptError } from '../core/errors.ts';
import { isFinal } from '../core/task.ts';
import type { Store } from '../ports/store.ts';
import { checkingInputs, processorRegistry } from '../processors/registry.ts';
import { type Bell, createBell } from './bell.ts';
import { deliverySource } from './delivery-source.ts';
import { endingStore, isAway } from './ending-store.ts';
import { createHeldTasks } from './held-tasks.ts';
import { startIdentity } from './identity.ts';
import { lastMoment } from './last-moment.ts';
import { limitUntil } from './limit-until.ts';
import { ownTaskSource } from './own-task-source.ts';
import { paceOf } from './pace.ts';
import { createPrefetch, OVERDUE_MS } from './prefetch.ts';
import { createRelay, relayUntil } from './relay.ts';
import { signalSource } from './signal-source.ts';
import { startTask } from './start-task.ts';
import { sweepUntil } from './sweep-until.ts';
import { createTally } from './tally.ts';
import { createTaskSlots, type TaskSlots } from './task-slots.ts';
import type { ClaimedWork, WorkSource } from './work-source.ts';
import type { CreateWorkerOptions, Run } from './worker-run.ts';
import type { RunWorkerOptions, Worker, WorkerSummary } from './worker-types.ts';

/** Who waits for the end of a backlog looks often. */
const DRAIN_CHECK_MS = 1_000;
/** Wait after a failed claim: the store is away, hammering it would not help. */
const STORE_AWAY_MS = 1_000;
const DEFAULT_TASK_TIMEOUT_MS = 600_000;

/** A worker over any store and queue: claims, processes with the given providers, settles. Platform-free. */
export function createWorker(settings: CreateWorkerOptions): Worker {
  return { run: (options) => runWorker(settings, options) };
}

async function runWorker(settings: CreateWorkerOptions, options: RunWorkerOptions): Promise<WorkerSummary> {
  const { graceMs, processing } = settings;
  const ended = new AbortController();
  const slots = createTaskSlots(processing);
  const isRunning = (): boolean => slots.running > 0;
  const last = lastMoment({ stop: options.signal, ended: ended.signal, graceMs, isRunning });
  try {
    return await runUntilEnd(await startRun({ ...settings, store: endingStore(settings.store, last) }, options, slots));
  } finally {
    ended.abort();
  }
}

async function runUntilEnd(run: Run): Promise<WorkerSummary> {
  const { settings, options, bell, slots, tally, pace } = run;
  const { store, queue, logger } = settings;
  const { clock } = settings.processing;
  options.signal.addEventListener('abort', bell.ring, { once: true });
  const housekeeping = new AbortController();
  const chores = [
    sweepUntil(housekeeping.signal, { store, logger, everyMs: pace.sweepMs }, bell.ring),
    limitUntil(housekeeping.signal, slots, settings.taskTimeoutMs ?? DEFAULT_TASK_TIMEOUT_MS),
    ...(queue.flags.relayed ? [relayUntil(housekeeping.signal, createRelay(settings), { pace, clock, logger })] : []),
  ];
  try {
    await claimUntilDone(run);
  } finally {
    options.signal.removeEventListener('abort', bell.ring);
    try {
      await stop(run);
    } finally {
      housekeeping.abort();
      await Promise.all(chores);
    }
  }
  return tally.summary();
}

async function startRun(settings: CreateWorkerOptions, options: RunWorkerOptions, slots: TaskSlots): Promise<Run> {
  const { store, leaseMs, logger } = settings;
  const { clock } = settings.processing;
  const bell = createBell();
  const held = createHeldTasks({ clock });
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
    held: () => [...source.leases(), ...slots.leases(), ...held.leases()],
    onLost: (leases) => {
      slots.abandon(leases);
      held.drop(leases);
    },
  });
  const source = openSource(settings, options, bell);
  const { concepts, leases } = store;
  const registry = processorRegistry(settings.processors);
  const processors = store.flags.uncheckedInputs ? checkingInputs(registry) : registry;
  const dependencies = { ...settings.processing, concepts, leases, processors };
  const prefetch = createPrefetch(settings.prefetch ?? 'auto');
  const tally = createTally(clock);
  const pace = paceOf(store.flags, leaseMs);
  const parts = { settings, options, dependencies, source, identity, slots, held, prefetch, bell, tally, pace };
  return { ...parts, unrecorded: null };
}

function openSource(settings: CreateWorkerOptions, options: RunWorkerOptions, bell: Bell): WorkSource {
  const { store, queue, leaseMs, logger, processing } = settings;
  if (options.onlyTaskId !== undefined) return ownTaskSource(store.leases, options.onlyTaskId);
  if (queue.flags.delivers === 'signals') return signalSource({ leases: store.leases, queue, logger }, bell.ring);
  const buffer = options.concurrency ?? settings.concurrency;
  const { clock } = processing;
  const { drain } = options;
  const busyDelayMs = leaseMs / 2;
  // A queue has room for twice the deliveries that its setting says: with a free slot there is always some beside those that are kept.
  const mostKept = Math.max(0, 2 * settings.concurrency - buffer);
  return deliverySource({ store, queue, clock, logger, buffer, drain, busyDelayMs, mostKept }, bell.ring);
}

/** The loop: fill the free slots, leave when done, sleep until something changes. */
async function claimUntilDone(run: Run): Promise<void> {
  const { options, bell, slots, held, tally, settings, pace } = run;
  const concurrency = options.concurrency ?? settings.concurrency;
  const most = options.maxTasks ?? Number.POSITIVE_INFINITY;
  const idleCheckMs = options.drain ? Math.min(DRAIN_CHECK_MS, pace.idleCheckMs) : pace.idleCheckMs;
  while (!options.signal.aborted && tally.started() < most) {
    const free = Math.min(concurrency - slots.running, most - tally.started());
    const isFilled = free <= 0 || startHeld(run, free) || (await claimInto(run, free, most));
    if (isFilled && slots.running < concurrency && tally.started() < most) continue;
    if (!isFilled && slots.open === 0 && (await isDone(run).catch(notWhileAway))) return;
    await returnOverdue(run);
    await bell.wait(held.size > 0 ? OVERDUE_MS : idleCheckMs);
    if (run.unrecorded) throw new ConceptError(run.unrecorded.code, run.unrecorded.message, run.unrecorded);
  }
}

/** What waits here for longer than was foreseen is for any worker again, and nothing is held until tasks prove short anew. */
async function returnOverdue({ held, prefetch, settings }: Run): Promise<void> {
  const isForecast = (settings.prefetch ?? 'auto') === 'auto';
  if (!isForecast || held.size === 0 || settings.processing.clock.monotonic() - held.since < OVERDUE_MS) return;
  prefetch.forget();
  // One that cannot be given back now must not be forgotten: as long as this worker lives, nobody else would find it.
  held.add(await giveBack(held.takeAll(), settings.store));
}

/** Starts tasks that are held already. @returns whether there were any. */
function startHeld(run: Run, free: number): boolean {
  let started = 0;
  for (; started < free; started++) {
    const work = run.held.next();
    if (!work) break;
    startTask(run, work);
  }
  return started > 0;
}

/** Claims for the free slots, and ahead of them while tasks are short. @returns whether anything was claimed. */
async function claimInto(run: Run, free: number, most: number): Promise<boolean> {
  const ahead = Math.min(run.prefetch.ahead(), most - run.tally.started() - free);
  const claimed = await claim(run, free, Math.max(0, ahead));
  for (const work of claimed.slice(0, free)) startTask(run, work);
  run.held.add(claimed.slice(free));
  return claimed.length > 0;
}

async function claim(run: Run, limit: number, ahead: number): Promise<readonly ClaimedWork[]> {
  const { source, identity, options, settings } = run;
  const { limits, processing } = settings;
  const provider = processing.images.name;
  const workerId = identity.id();
  try {
    return await source.take({ workerId, types: options.types, limit, ahead, limits, provider });
  } catch (thrown) {
    const error = toConceptError(thrown);
    if (error.code === 'LEASE_LOST')
      await identity.renew(workerId).catch((refused: unknown) => waitOut(toConceptError(refused)));
    else await waitOut(error);
    return [];
  }

  async function waitOut(error: ConceptError): Promise<void> {
    if (!isAway(error)) throw error;
    settings.logger.log('warn', 'cannot claim, the store is away', { code: error.code, error: error.message });
    await delay(STORE_AWAY_MS, options.signal);
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
  if (isAway(toConceptError(thrown))) return false;
  throw thrown;
}

/** Lets what is under way finish; once the run is told to stop, within the grace period: then it is given back. */
async function stop({ source, slots, held, identity, settings, options }: Run): Promise<void> {
  const settled = new AbortController();
  const givenBack = giveBack(held.takeAll(), settings.store);
  const idle = slots.idle().finally(() => settled.abort());
  const graceOver = untilAborted(options.signal, settled.signal).then(() => delay(settings.graceMs, settled.signal));
  await Promise.race([idle, graceOver]);
  slots.interrupt();
  await idle;
  await givenBack;
  try {
    await source.close();
  } finally {
    await identity.retire();
  }
}

/** @returns those that could not be given back; they come back when this worker's registration ends. */
async function giveBack(works: readonly ClaimedWork[], { leases }: Store): Promise<readonly ClaimedWork[]> {
  const outcomes = await Promise.allSettled(works.map(({ claimed }) => leases.release(claimed.lease)));
  return works.filter((_, index) => {
    const outcome = outcomes[index]!;
    return outcome.status === 'rejected' && toConceptError(outcome.reason).code !== 'LEASE_LOST';
  });
}
