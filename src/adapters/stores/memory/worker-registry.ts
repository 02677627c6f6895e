import { invalidInput } from '../../../core/errors.ts';
import type { Lease } from '../../../core/task.ts';
import type { WorkerRegistry } from '../../../ports/worker-registry.ts';
import { jsonCopy, type MemoryState, timestamp, transact, type WorkerRow, write } from './state.ts';

export function memoryWorkerRegistry(state: MemoryState): WorkerRegistry {
  return {
    register: (worker, leaseMs, options) =>
      transact(state, options, () => {
        if (state.workers.has(worker.id)) {
          throw invalidInput('id', `worker id ${worker.id} was used before`, 'register under a fresh id');
        }
        write(state, state.workers, worker.id, {
          registration: jsonCopy(worker),
          startedAt: timestamp(state),
          expiresAtMonotonicMs: state.clock.monotonic() + leaseMs,
          dead: false,
        });
      }),

    heartbeat: ({ workerId, leaseMs, held }, options) =>
      transact(state, options, () => {
        const row = liveWorker(state, workerId);
        const expiresAtMonotonicMs = state.clock.monotonic() + leaseMs;
        if (row) write(state, state.workers, workerId, { ...row, expiresAtMonotonicMs });
        const lost = held.filter((lease) => !isLeaseValid(state, lease));
        return { alive: row !== undefined, lost };
      }),

    retire: (workerId, options) =>
      transact(state, options, () => {
        const row = liveWorker(state, workerId);
        const expiresAtMonotonicMs = state.clock.monotonic();
        if (row) write(state, state.workers, workerId, { ...row, expiresAtMonotonicMs, dead: true });
      }),

    live: (options) =>
      transact(state, options, () =>
        [...state.workers.values()]
          .filter((row) => isLive(state, row))
          .map((row) => ({
            ...jsonCopy(row.registration),
            startedAt: row.startedAt,
            expiresAt: new Date(endOf(state, row)).toISOString(),
          })),
      ),
  };
}

/** When a registration ends or ended, as the wall clock goes now: Unix time in milliseconds. */
export function endOf(state: MemoryState, { expiresAtMonotonicMs }: WorkerRow): number {
  return Math.round(state.clock.now() + expiresAtMonotonicMs - state.clock.monotonic());
}

/** The worker's row while its registration lasts. */
export function liveWorker(state: MemoryState, workerId: string): WorkerRow | undefined {
  const row = state.workers.get(workerId);
  return row && isLive(state, row) ? row : undefined;
}

/** Whether a lease still gives the right to write: its token is the task's, and its worker is alive at this moment. */
export function isLeaseValid(state: MemoryState, lease: Lease): boolean {
  const task = state.tasks.get(lease.taskId)?.task;
  return (
    task?.status === 'processing' &&
    task.leaseToken === lease.token &&
    task.leaseOwner === lease.workerId &&
    liveWorker(state, lease.workerId) !== undefined
  );
}

function isLive(state: MemoryState, row: WorkerRow): boolean {
  return !row.dead && row.expiresAtMonotonicMs > state.clock.monotonic();
}
