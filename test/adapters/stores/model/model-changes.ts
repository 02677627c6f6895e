import type { ErrorCode } from '../../../../src/core/errors.ts';
import type { Lease, NewTask } from '../../../../src/core/task.ts';
import {
  change,
  hold,
  isAlive,
  isFinished,
  leased,
  type Model,
  type ModelTask,
  type Now,
  promote,
  settleHold,
  takeTurn,
} from './model.ts';
import { type LEASE_WRITES, STAGES } from './operations.ts';

type Submission = { readonly code: ErrorCode } | { readonly outcomes: readonly { id: string; created: boolean }[] };

/** All or nothing. */
export function submitAll(model: Model, tasks: readonly NewTask[], now: Now): Submission {
  const before = structuredClone(model);
  const outcomes: { id: string; created: boolean }[] = [];
  for (const task of tasks) {
    const outcome = submitOne(model, task, now);
    if (typeof outcome === 'string') {
      Object.assign(model, before);
      return { code: outcome };
    }
    outcomes.push(outcome);
  }
  return { outcomes };
}

function submitOne(model: Model, task: NewTask, now: Now): ErrorCode | { id: string; created: boolean } {
  const { id, userId, type, priority, maxAttempts, inputHash, idempotencyKey: key = null, batchId = null } = task;
  const repeated = [...model.tasks.values()].find(
    (other) => key !== null && other.userId === userId && other.key === key,
  );
  if (repeated) return repeated.inputHash === inputHash ? { id: repeated.id, created: false } : 'IDEMPOTENCY_CONFLICT';
  const held = hold(model, { userId, type });
  if (held === undefined) return 'INSUFFICIENT_CREDITS';
  const runAtMs = task.runAt === undefined ? now.wallMs : Date.parse(task.runAt);
  const waiting = runAtMs > now.wallMs;
  const order = (model.submitted += 1);
  model.tasks.set(id, {
    id,
    userId,
    type,
    priority,
    maxAttempts,
    key,
    inputHash,
    batchId,
    order,
    runAtMs,
    turn: waiting ? 0 : takeTurn(model, priority, userId),
    updatedAtMs: now.wallMs,
    waiting,
    status: 'pending',
    attempt: 0,
    hasError: false,
    lease: null,
    provider: undefined,
    held: false,
    hold: held,
    stages: [],
    events: [['submitted', 0]],
  });
  return { id, created: true };
}

/** @returns the code of the refusal, or null. */
export function cancelTask(model: Model, task: ModelTask, now: Now): ErrorCode | null {
  if (isFinished(task)) return 'INVALID_TRANSITION';
  change(task, now, { status: 'cancelled', waiting: false }, 'cancelled');
  settleHold(model, task, 'refund');
  return null;
}

/** @returns the code of the refusal, or null. */
export function retryTask(model: Model, task: ModelTask, now: Now): ErrorCode | null {
  if (task.status !== 'failed' && task.status !== 'cancelled') return 'INVALID_TRANSITION';
  const held = hold(model, task);
  if (held === undefined) return 'INSUFFICIENT_CREDITS';
  task.turn = takeTurn(model, task.priority, task.userId);
  change(task, now, { status: 'pending', attempt: 0, runAtMs: now.wallMs, waiting: false, hold: held }, 'retried');
  return null;
}

interface LeaseWrite {
  readonly kind: (typeof LEASE_WRITES)[number];
  readonly lease: Lease;
  readonly retryAtMs: number;
}

/** @returns whether the lease gave the right. */
export function writeUnderLease(model: Model, { kind, lease, retryAtMs }: LeaseWrite, now: Now): boolean {
  const task = leased(model, lease, now);
  if (!task) return false;
  switch (kind) {
    case 'record':
      task.held = false;
      task.events.push(['stage.started', task.attempt]);
      break;
    case 'checkpoint': {
      const stage = STAGES[retryAtMs % 2]!;
      task.held = false;
      task.stages = [...task.stages.filter((other) => other !== stage), stage];
      break;
    }
    case 'complete':
      change(task, now, { status: 'completed', hasError: false }, 'completed');
      settleHold(model, task, 'capture');
      break;
    case 'fail':
      change(task, now, { status: 'failed', hasError: true }, 'failed');
      settleHold(model, task, 'refund');
      break;
    case 'reschedule': {
      const waiting = retryAtMs > now.wallMs;
      change(task, now, { status: 'pending', hasError: true, runAtMs: retryAtMs, waiting }, 'rescheduled');
      break;
    }
    case 'release': {
      const { attempt } = task;
      change(task, now, { status: 'pending', attempt: attempt - 1, runAtMs: now.wallMs }, 'released', attempt);
      break;
    }
    default:
      kind satisfies never;
  }
  return true;
}

/** Brings back what dead workers held. */
export function sweep(model: Model, now: Now): { returned: number; failed: number } {
  const report = { returned: 0, failed: 0 };
  for (const task of model.tasks.values()) {
    if (task.status !== 'processing' || isAlive(model, task.lease!.workerId, now)) continue;
    const { attempt, held, maxAttempts } = task;
    const mayClose = attempt === maxAttempts && task.stages.includes('concept-storage');
    if (!held && attempt >= maxAttempts && !mayClose) {
      change(task, now, { status: 'failed', hasError: true }, 'lease.expired');
      task.events.push(['failed', attempt]);
      settleHold(model, task, 'refund');
      report.failed += 1;
    } else {
      const fields = { status: 'pending', hasError: true, runAtMs: now.wallMs } as const;
      change(task, now, { ...fields, attempt: held ? attempt - 1 : attempt }, 'lease.expired', attempt);
      report.returned += 1;
    }
  }
  promote(model, now);
  return report;
}
