import { TASK_TYPES, type TaskStatus, WIRE_NAMES } from '../../../core/task.ts';
import type { CountQuery, TaskCounts } from '../../../ports/task-store.ts';
import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';

interface StatusCount {
  readonly status: TaskStatus;
  readonly count: number;
}

/**
 * Counts without looking at every task: all of a type are counted as they change (`task_count`), and so are those of a
 * batch; only waiting tasks, and the types of one batch, are looked at one by one.
 */
export function countTasks(session: Session, query: CountQuery): TaskCounts {
  const counts = { pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const { status, count } of statusCounts(session, query)) counts[status] += count;
  const { waiting, retrying } = waitingCounts(session, query);
  return { ...counts, due: counts.pending - waiting, retrying };
}

function statusCounts(session: Session, { types, batchId }: CountQuery): readonly StatusCount[] {
  const [typeCondition, ...wireNames] = typesCondition(types);
  if (batchId === undefined) {
    return session.all(`SELECT status, count FROM task_count WHERE ${typeCondition}`, ...wireNames);
  }
  if (types === undefined) return session.all('SELECT status, count FROM batch_count WHERE batch_id = ?', batchId);
  const sql = `SELECT status, count(*) AS count FROM task WHERE ${typeCondition} AND batch_id = ? GROUP BY status`;
  return session.all(sql, ...wireNames, batchId);
}

/** Tasks whose time is still to come; one whose time has come counts as due even before it is marked so. */
function waitingCounts(session: Session, { types, batchId }: CountQuery) {
  const [typeCondition, ...parameters] = typesCondition(types);
  const batchCondition = batchId === undefined ? '' : 'AND batch_id = ?';
  if (batchId !== undefined) parameters.push(batchId);
  return session.one<{ waiting: number; retrying: number }>(
    `SELECT count(*) AS waiting, count(error) AS retrying FROM task
     WHERE ${typeCondition} ${batchCondition} AND waiting = 1 AND run_at > ?`,
    ...parameters,
    session.clock.now(),
  )!;
}

function typesCondition(types: CountQuery['types']): [string, ...SqlValue[]] {
  const wireNames = (types ?? TASK_TYPES).map((type) => WIRE_NAMES[type]);
  return [`type IN (${wireNames.map(() => '?').join(', ')})`, ...wireNames];
}
