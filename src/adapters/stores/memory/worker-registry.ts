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
        const expiresAtMs = state.clock.now() + leaseMs;
        const row = { registration: jsonCopy(worker), startedAt: timestamp(state), expiresAtMs, dead: false };
        write(state, state.workers, worker.id, row);
      }),

    heartbeat: ({ workerId, leaseMs, held }, options) =>
      transact(state, options, () => {
        const row = liveWorker(state, workerId);
        if (row) write(state, state.workers, workerId, { ...row, expiresAtMs: state.clock.now() + leaseMs });
        const lost = held.filter((lease) => !isLeaseValid(state, lease));
        return { alive: row !== undefined, lost };
      }),

    retire: (workerId, options) =>
      transact(state, options, () => {
        const row = liveWorker(state, workerId);
        if (row) write(state, state.workers, workerId, { ...row, dead: true });
      }),

    live: (options) =>
      transact(state, options, () =>
        [...state.workers.values()]
          .filter((row) => isLive(state, row))
          .map(({ registration, startedAt, expiresAtMs }) => ({
            ...jsonCopy(registration),
            startedAt,
            expiresAt: new Date(expiresAtMs).toISOString(),
          })),
      ),
  };
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
  return !row.dead && row.expiresAtMs > state.clock.now();
}
