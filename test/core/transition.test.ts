import { describe, expect, test } from 'vitest';
import { ConceptError } from '../../src/core/errors.ts';
import type { Task, TaskError, TaskStatus } from '../../src/core/task.ts';
import { initialTask, type TaskChange, transition } from '../../src/core/transition.ts';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { newTask } from '../contracts/fixtures.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:01:00.000Z';
const ERROR: TaskError = { code: 'PROVIDER_FAILED', message: 'no answer', retryable: true };

const CHANGES: { readonly [Kind in TaskChange['kind']]: Extract<TaskChange, { readonly kind: Kind }> } = {
  claim: { kind: 'claim', token: 'token', workerId: 'w' },
  complete: { kind: 'complete', resultId: 'result', partial: true },
  fail: { kind: 'fail', error: ERROR },
  reschedule: { kind: 'reschedule', error: ERROR, runAt: LATER },
  release: { kind: 'release' },
  expire: { kind: 'expire', error: ERROR, counts: true, hasParts: false },
  cancel: { kind: 'cancel' },
  refuse: { kind: 'refuse', error: ERROR },
  retry: { kind: 'retry' },
};

const PENDING = initialTask(newTask(fakeClock()), AT);
const PROCESSING = transition(PENDING, CHANGES.claim, AT);
const TASKS: Readonly<Record<TaskStatus, Task>> = {
  pending: PENDING,
  processing: PROCESSING,
  completed: transition(PROCESSING, CHANGES.complete, AT),
  failed: transition(PROCESSING, CHANGES.fail, AT),
  cancelled: transition(PROCESSING, CHANGES.cancel, AT),
};

/** The state after each change; what is not listed is refused. */
const ALLOWED: Readonly<Record<TaskStatus, Partial<Record<TaskChange['kind'], TaskStatus>>>> = {
  pending: { claim: 'processing', cancel: 'cancelled', refuse: 'failed' },
  processing: {
    complete: 'completed',
    fail: 'failed',
    reschedule: 'pending',
    release: 'pending',
    expire: 'pending',
    cancel: 'cancelled',
  },
  completed: {},
  failed: { retry: 'pending' },
  cancelled: { retry: 'pending' },
};

function outcomeOf(task: Task, change: TaskChange): string {
  try {
    return transition(task, change, LATER).status;
  } catch (thrown) {
    return ConceptError.isInstance(thrown) ? thrown.code : String(thrown);
  }
}

describe('transition', () => {
  for (const [status, task] of Object.entries(TASKS) as [TaskStatus, Task][]) {
    for (const change of Object.values(CHANGES)) {
      const expected = ALLOWED[status][change.kind];
      test(`${status} + ${change.kind} -> ${expected ?? 'INVALID_TRANSITION'}`, () => {
        const before = structuredClone(task);
        expect(outcomeOf(task, change)).toBe(expected ?? 'INVALID_TRANSITION');
        expect(task).toEqual(before);
      });
    }
  }

  test('a refusal names the task, its state and what to do', () => {
    const refusal = { message: expect.stringContaining(PENDING.id), hint: expect.stringContaining('submit a new one') };
    expect(() => transition(TASKS.completed, CHANGES.retry, LATER)).toThrow(expect.objectContaining(refusal));
  });

  test('every change sets updatedAt', () => {
    expect(PENDING.updatedAt).toBe(AT);
    expect(transition(PENDING, CHANGES.claim, LATER)).toMatchObject({ updatedAt: LATER, startedAt: LATER });
    expect(transition(PROCESSING, CHANGES.release, LATER).updatedAt).toBe(LATER);
  });

  test('only a processing task has a lease', () => {
    for (const task of Object.values(TASKS)) {
      const lease = task.status === 'processing' ? ['token', 'w'] : [null, null];
      expect([task.leaseToken, task.leaseOwner]).toEqual(lease);
    }
  });

  test('only a final task has a completion time, only a completed one a result', () => {
    for (const task of Object.values(TASKS)) {
      const isFinal = task.status !== 'pending' && task.status !== 'processing';
      expect(task.completedAt).toBe(isFinal ? AT : null);
      expect(task.resultId).toBe(task.status === 'completed' ? 'result' : null);
      expect(task.partial).toBe(task.status === 'completed');
    }
  });

  test('counts attempts: a claim adds one, a release takes it back, an expiry does not', () => {
    expect(PROCESSING.attempt).toBe(1);
    expect(transition(PROCESSING, CHANGES.release, LATER)).toMatchObject({ attempt: 0, runAt: LATER });
    expect(transition(PROCESSING, CHANGES.expire, LATER)).toMatchObject({ attempt: 1, runAt: LATER, error: ERROR });
    expect(transition(TASKS.failed, CHANGES.retry, LATER)).toMatchObject({ attempt: 0, runAt: LATER });
  });

  test('fails a task whose lease expires on its last attempt', () => {
    const last = { ...PROCESSING, attempt: PROCESSING.maxAttempts } as Task;
    const failed = transition(last, CHANGES.expire, LATER);
    expect(failed).toMatchObject({ status: 'failed', error: ERROR, completedAt: LATER, leaseToken: null });
  });

  test('gives a task with finished parts one closing run beyond its last attempt', () => {
    const expire = { ...CHANGES.expire, hasParts: true };
    const last = { ...PROCESSING, attempt: PROCESSING.maxAttempts } as Task;
    const again = transition(last, expire, LATER);
    expect(again).toMatchObject({ status: 'pending', attempt: PROCESSING.maxAttempts, error: ERROR, runAt: LATER });
    const closing = transition(again, CHANGES.claim, LATER);
    expect(closing.attempt).toBe(PROCESSING.maxAttempts + 1);
    expect(transition(closing, expire, LATER)).toMatchObject({ status: 'failed', error: ERROR });
  });

  test('takes an attempt that had not begun back, on the last one too', () => {
    const published = { ...PROCESSING, attempt: PROCESSING.maxAttempts, publishedAt: AT } as Task;
    const again = transition(published, { ...CHANGES.expire, counts: false }, LATER);
    const attempt = PROCESSING.maxAttempts - 1;
    expect(again).toMatchObject({ status: 'pending', attempt, error: ERROR, runAt: LATER, publishedAt: null });
  });

  test('keeps the error of a task that is retried until it is completed', () => {
    const retried = transition(TASKS.failed, CHANGES.retry, LATER);
    const claimed = transition(retried, CHANGES.claim, LATER);
    expect([retried.error, claimed.error]).toEqual([ERROR, ERROR]);
    expect(transition(claimed, CHANGES.complete, LATER).error).toBeNull();
  });

  test('reschedules for the given time and has it published again', () => {
    const published = { ...PROCESSING, publishedAt: AT } as Task;
    const again = transition(published, CHANGES.reschedule, AT);
    expect(again).toMatchObject({ status: 'pending', runAt: LATER, error: ERROR, publishedAt: null });
  });
});

describe('initialTask', () => {
  test('runs at once unless told otherwise, and keeps the input hash to itself', () => {
    const task = initialTask(newTask(fakeClock(), { runAt: LATER }), AT);
    expect(task).toMatchObject({ status: 'pending', attempt: 0, runAt: LATER, createdAt: AT, idempotencyKey: null });
    expect(PENDING.runAt).toBe(AT);
    expect(task).not.toHaveProperty('inputHash');
  });
});
