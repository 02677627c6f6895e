import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { ErrorCode } from '../../../../src/core/errors.ts';
import type { Lease, NewTask } from '../../../../src/core/task.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { FakeClock } from '../../../../src/testing/fake-clock.ts';
import { conceptFor, generationInput, newTask, providerFailure } from '../../../contracts/fixtures.ts';
import { balanceOf, isAlive, isFinished, type Model, type ModelTask, type Now } from './model.ts';
import { cancelTask, retryTask, submitAll, writeUnderLease } from './model-changes.ts';
import { LEASE_MS, type OrderedOperation, STAGES, type TaskSpec, USERS } from './operations.ts';

/** How a call ended: with an error's code, or well. */
export interface Outcome {
  readonly code: ErrorCode | null;
  readonly value: unknown;
}

/** A call that is made now, and compared with the reference once it has ended. */
export interface Call {
  readonly outcome: Promise<Outcome>;
  compare(outcome: Outcome): void;
}

export interface Scene {
  readonly model: Model;
  readonly clock: FakeClock;
  readonly store: Store;
  readonly batchIds: readonly string[];
}

export function nowOf(clock: FakeClock): Now {
  return { wallMs: clock.now(), monotonicMs: Math.floor(clock.monotonic()) };
}

/** Undefined when there is nothing that the operation could be about. */
export function makeCall(scene: Scene, operation: OrderedOperation): Call | undefined {
  switch (operation.kind) {
    case 'submit':
      return submit(scene, operation.specs);
    case 'heartbeat':
      return heartbeat(scene, operation.worker);
    case 'retire':
      return retire(scene, operation.worker);
    case 'cancel':
    case 'retry':
      return changeOne(scene, operation.kind, operation.task);
    case 'cancelMany':
    case 'retryMany':
      return changeMany(scene, operation);
    case 'grant':
      return grant(scene, operation.user, operation.amount);
    case 'remove':
      return remove(scene, operation.task);
    case 'prune':
      return prune(scene);
    case 'record':
    case 'checkpoint':
    case 'complete':
    case 'fail':
    case 'reschedule':
    case 'release':
      return writeLease(scene, operation);
    default:
      return operation satisfies never;
  }
}

export function outcomeOf(promise: Promise<unknown>): Promise<Outcome> {
  return promise.then(
    (value) => ({ code: null, value }),
    (thrown: { readonly code?: ErrorCode }) => {
      if (thrown.code === undefined) throw thrown;
      return { code: thrown.code, value: undefined };
    },
  );
}

export function at<T>(items: readonly T[], index: number): T | undefined {
  return items.length === 0 ? undefined : items[index % items.length];
}

function submit({ model, clock, store, batchIds }: Scene, specs: readonly TaskSpec[]): Call {
  const now = nowOf(clock);
  const tasks = specs.map((spec) => taskFor(spec, clock, batchIds));
  const asked = tasks.length === 1 ? store.tasks.submit(tasks[0]!) : store.tasks.submitMany(tasks);
  return {
    outcome: outcomeOf(asked),
    compare: ({ code, value }) => {
      const expected = submitAll(model, tasks, now);
      expect({ code }).toEqual({ code: 'code' in expected ? expected.code : null });
      if ('code' in expected) return;
      const given = [value].flat() as { readonly task: { readonly id: string }; readonly created: boolean }[];
      expect(given.map(({ task: { id }, created }) => ({ id, created }))).toEqual(expected.outcomes);
    },
  };
}

function taskFor(spec: TaskSpec, clock: FakeClock, batchIds: readonly string[]): NewTask {
  const input =
    spec.type === 'generation'
      ? generationInput({ seed: spec.text })
      : { source: { kind: 'url', url: `https://images.example/${spec.text}.png` } };
  return newTask(clock, {
    userId: USERS[spec.user]!,
    type: spec.type,
    input: input as NewTask['input'],
    inputHash: createHash('sha256').update(`${spec.type} ${spec.text}`).digest('hex'),
    priority: spec.priority,
    maxAttempts: 2,
    ...(spec.delayMs !== 0 && { runAt: new Date(clock.now() + spec.delayMs).toISOString() }),
    ...(spec.key !== null && { idempotencyKey: `key-${spec.key}` }),
    ...(spec.batch !== null && { batchId: batchIds[spec.batch]! }),
  });
}

type LeaseWrite = Extract<OrderedOperation, { readonly lease: number }>;

function writeLease({ model, clock, store }: Scene, { kind, lease: index, delayMs }: LeaseWrite): Call | undefined {
  const valid = [...model.tasks.values()].flatMap(({ lease }) => (lease ? [lease] : []));
  // Mostly one that may still be good: stale ones all end the same way.
  const lease = at(index % 4 === 0 ? model.leases : valid, index);
  if (!lease) return undefined;
  const now = nowOf(clock);
  const retryAtMs = now.wallMs + delayMs;
  return {
    outcome: outcomeOf(callUnderLease({ kind, lease, retryAtMs }, store, clock)),
    compare: ({ code }) => {
      const isGranted = writeUnderLease(model, { kind, lease, retryAtMs }, now);
      expect({ kind, code }).toEqual({ kind, code: isGranted ? null : 'LEASE_LOST' });
    },
  };
}

interface LeaseCall {
  readonly kind: LeaseWrite['kind'];
  readonly lease: Lease;
  readonly retryAtMs: number;
}

function callUnderLease({ kind, lease, retryAtMs }: LeaseCall, { leases }: Store, clock: FakeClock): Promise<unknown> {
  switch (kind) {
    case 'record': {
      const events = [{ type: 'stage.started', data: { stage: 's' } }] as const;
      return leases.record({ lease, events, progress: { stage: 's', fraction: 0.5 } });
    }
    case 'checkpoint':
      return leases.checkpoint({ lease, checkpoint: { stage: STAGES[retryAtMs % 2]!, data: 1 } });
    case 'complete': {
      const concept = conceptFor({ id: lease.taskId, userId: 'u' }, new Date(clock.now()).toISOString());
      const result = retryAtMs % 2 === 0 ? { concept, partial: false } : { data: {}, files: [], partial: false };
      return leases.complete({ lease, result });
    }
    case 'fail':
      return leases.fail({ lease, error: providerFailure(), retryAt: null });
    case 'reschedule':
      return leases.fail({ lease, error: providerFailure(), retryAt: new Date(retryAtMs).toISOString() });
    case 'release':
      return leases.release(lease);
    default:
      return kind satisfies never;
  }
}

function heartbeat({ model, clock, store }: Scene, index: number): Call | undefined {
  const worker = at(model.workers, index);
  if (!worker) return undefined;
  const now = nowOf(clock);
  const held = model.leases.filter(({ workerId }) => workerId === worker.id);
  return {
    outcome: outcomeOf(store.workers.heartbeat({ workerId: worker.id, leaseMs: LEASE_MS, held })),
    compare: ({ value }) => {
      const alive = isAlive(model, worker.id, now);
      // Looked up anew: a call before this one may have been undone, and with it the reference put back.
      if (alive) model.workers.find(({ id }) => id === worker.id)!.expiresAtMs = now.monotonicMs + LEASE_MS;
      const isValid = ({ taskId, token }: Lease): boolean => alive && model.tasks.get(taskId)?.lease?.token === token;
      expect(value).toEqual({ alive, lost: held.filter((lease) => !isValid(lease)) });
    },
  };
}

function retire({ model, store }: Scene, index: number): Call | undefined {
  const worker = at(model.workers, index);
  if (!worker) return undefined;
  return {
    outcome: outcomeOf(store.workers.retire(worker.id)),
    compare: ({ code }) => {
      model.workers.find(({ id }) => id === worker.id)!.retired = true;
      expect(code).toBeNull();
    },
  };
}

function changeOne({ model, clock, store }: Scene, kind: 'cancel' | 'retry', index: number): Call | undefined {
  const task = at([...model.tasks.values()], index);
  if (!task) return undefined;
  const now = nowOf(clock);
  return {
    outcome: outcomeOf(store.tasks[kind](task.id)),
    compare: ({ code }) => {
      const current = model.tasks.get(task.id);
      const expected = current ? (kind === 'cancel' ? cancelTask : retryTask)(model, current, now) : 'TASK_NOT_FOUND';
      expect({ kind, code }).toEqual({ kind, code: expected });
    },
  };
}

type ManyChange = Extract<OrderedOperation, { readonly limit: number }>;

function changeMany({ model, clock, store, batchIds }: Scene, operation: ManyChange): Call {
  const now = nowOf(clock);
  const userId = operation.user === null ? undefined : USERS[operation.user];
  const batchId = operation.batch === null ? undefined : batchIds[operation.batch];
  const isCancel = operation.kind === 'cancelMany';
  const change = isCancel ? store.bulk.cancel : store.bulk.retry;
  const fits = (task: ModelTask): boolean =>
    (userId === undefined || task.userId === userId) &&
    (batchId === undefined || task.batchId === batchId) &&
    (isCancel ? !isFinished(task) : task.status === 'failed' || task.status === 'cancelled');
  return {
    outcome: outcomeOf(change({ userId, batchId, limit: operation.limit })),
    compare: ({ code, value }) => {
      const before = structuredClone(model);
      const chosen = [...model.tasks.values()].filter(fits).slice(0, operation.limit);
      const codes = chosen.map((task) => (isCancel ? cancelTask : retryTask)(model, task, now));
      const failure = codes.find((each) => each !== null) ?? null;
      expect(code).toBe(failure);
      if (failure === null) expect(value).toEqual(chosen.map(({ id }) => id));
      else Object.assign(model, before);
    },
  };
}

function grant({ model, store }: Scene, user: number, amount: number): Call {
  const userId = USERS[user]!;
  const key = `grant-${model.submitted}-${balanceOf(model, userId).available}-${amount}`;
  return {
    outcome: outcomeOf(store.credits.grant({ userId, amount, key })),
    compare: ({ code }) => {
      if (!model.grants.has(`${userId} ${key}`)) balanceOf(model, userId).available += amount;
      model.grants.add(`${userId} ${key}`);
      expect(code).toBeNull();
    },
  };
}

function remove({ model, store }: Scene, index: number): Call | undefined {
  const task = at([...model.tasks.values()], index);
  if (!task) return undefined;
  return {
    outcome: outcomeOf(store.retention.remove([task.id])),
    compare: ({ value }) => {
      const current = model.tasks.get(task.id);
      const isRemoved = current !== undefined && isFinished(current);
      if (isRemoved) model.tasks.delete(task.id);
      expect((value as { taskId: string }[]).map(({ taskId }) => taskId)).toEqual(isRemoved ? [task.id] : []);
    },
  };
}

/** Of a time before all workers and batches: what else serves nothing any more goes, and nobody may notice. */
function prune({ store }: Scene): Call {
  return {
    outcome: outcomeOf(store.retention.prune(new Date(0).toISOString())),
    compare: ({ code }) => expect(code).toBeNull(),
  };
}
