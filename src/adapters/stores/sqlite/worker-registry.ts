import { ConceptError, invalidInput } from '../../../core/errors.ts';
import type { TaskType } from '../../../core/task.ts';
import type { LiveWorker, WorkerKind, WorkerRegistry } from '../../../ports/worker-registry.ts';
import { leasedTask } from './lease.ts';
import type { Session } from './session.ts';
import { columnOf, jsonOrNull } from './task-row.ts';
import { isoOf } from './time.ts';

const INSERT_WORKER = `
  INSERT INTO worker (id, kind, host, pid, types, started_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;
const EXTEND = 'UPDATE worker SET expires_at = ? WHERE id = ? AND dead = 0 AND expires_at > ?';
const RETIRE = 'UPDATE worker SET dead = 1 WHERE id = ? AND dead = 0';
const SELECT_ALIVE = 'SELECT 1 FROM worker WHERE id = ? AND dead = 0 AND expires_at > ?';
const SELECT_LIVE = `
  SELECT id, kind, host, pid, types, started_at, expires_at FROM worker
  WHERE dead = 0 AND expires_at > ? ORDER BY started_at, id`;

interface WorkerRow {
  readonly id: string;
  readonly kind: string;
  readonly host: string;
  readonly pid: number;
  readonly types: string | null;
  readonly started_at: number;
  readonly expires_at: number;
}

export function sqliteWorkerRegistry(session: Session): WorkerRegistry {
  return {
    register: ({ id, kind, host, pid, types }, leaseMs, options) =>
      session.writeHint(options, () => {
        const now = session.clock.now();
        if (session.run(INSERT_WORKER, id, kind, host, pid, columnOf(types), now, now + leaseMs) > 0) return;
        throw invalidInput('id', `worker id ${id} was used before`, 'register under a fresh id');
      }),

    heartbeat: ({ workerId, leaseMs, held }, options) =>
      session.writeHint(options, () => {
        const now = session.clock.now();
        const alive = session.run(EXTEND, now + leaseMs, workerId, now) > 0;
        const lost = held.filter((lease) => !leasedTask(session, lease));
        return { alive, lost };
      }),

    retire: (workerId, options) =>
      session.writeHint(options, () => {
        session.run(RETIRE, workerId);
      }),

    live: (options) =>
      session.read(options, () => session.all<WorkerRow>(SELECT_LIVE, session.clock.now()).map(liveWorkerOf)),
  };
}

/** @throws ConceptError LEASE_LOST for a worker that is not alive at this moment. */
export function assertAlive(session: Session, workerId: string): void {
  if (session.one(SELECT_ALIVE, workerId, session.clock.now())) return;
  throw new ConceptError('LEASE_LOST', `the registration of worker ${workerId} has run out`, {
    hint: 'register under a new worker id and claim again',
  });
}

function liveWorkerOf(row: WorkerRow): LiveWorker {
  return {
    id: row.id,
    kind: row.kind as WorkerKind,
    host: row.host,
    pid: row.pid,
    types: jsonOrNull(row.types) as readonly TaskType[] | null,
    startedAt: isoOf(row.started_at),
    expiresAt: isoOf(row.expires_at),
  };
}
