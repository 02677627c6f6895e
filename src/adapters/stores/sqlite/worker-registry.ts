import { invalidInput } from '../../../core/errors.ts';
import type { TaskType } from '../../../core/task.ts';
import type { LiveWorker, WorkerKind, WorkerRegistry } from '../../../ports/worker-registry.ts';
import { IS_ALIVE, monotonicMs } from './alive.ts';
import { isLeased, voidLeases } from './lease.ts';
import type { Session } from './session.ts';
import { columnOf, jsonOrNull } from './task-row.ts';
import { isoOf } from './time.ts';

const INSERT_WORKER = `
  INSERT INTO worker (id, kind, host, pid, types, started_at, beat_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO NOTHING`;
const EXTEND = `UPDATE worker SET beat_at = ?1, expires_at = ?2 WHERE id = ?3 AND ${IS_ALIVE}`;
const RETIRE = 'UPDATE worker SET dead = 1, ended_at = ? WHERE id = ? AND dead = 0';
const SELECT_LIVE = `
  SELECT id, kind, host, pid, types, started_at, expires_at FROM worker WHERE ${IS_ALIVE} ORDER BY started_at, id`;

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
      session.stepHint(options, () => {
        const now = monotonicMs(session);
        const columns = [id, kind, host, pid, columnOf(types), session.clock.now(), now, now + leaseMs] as const;
        if (session.run(INSERT_WORKER, ...columns) > 0) return;
        throw invalidInput('id', `worker id ${id} was used before`, 'register under a fresh id');
      }),

    heartbeat: ({ workerId, leaseMs, held }, options) =>
      session.stepHint(options, () => {
        const now = monotonicMs(session);
        const alive = session.run(EXTEND, now, now + leaseMs, workerId) > 0;
        const lost = held.filter((lease) => !isLeased(session, lease));
        return { alive, lost };
      }),

    retire: (workerId, options) =>
      session.stepHint(options, () => {
        session.run(RETIRE, session.clock.now(), workerId);
        voidLeases(session, workerId);
      }),

    live: (options) =>
      session.read(options, () =>
        session.all<WorkerRow>(SELECT_LIVE, monotonicMs(session)).map((row) => liveWorkerOf(session, row)),
      ),
  };
}

function liveWorkerOf(session: Session, row: WorkerRow): LiveWorker {
  const restMs = row.expires_at - monotonicMs(session);
  return {
    id: row.id,
    kind: row.kind as WorkerKind,
    host: row.host,
    pid: row.pid,
    types: jsonOrNull(row.types) as readonly TaskType[] | null,
    startedAt: isoOf(row.started_at),
    expiresAt: isoOf(session.clock.now() + restMs),
  };
}
