import { type ProcessingTask, TASK_TYPES, WIRE_NAMES } from '../../../core/task.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Checkpoint, ClaimedTask, ClaimRequest } from '../../../ports/task-leases.ts';
import { changeTask } from './change-task.ts';
import type { Session } from './session.ts';
import { SELECT_TASK, storedTaskOf, type TaskRow } from './task-row.ts';
import { hasDueTasks, promoteDueTasks } from './waiting-tasks.ts';
import { assertAlive } from './worker-registry.ts';

/** 128 bits: a token is never guessed nor met twice. */
const TOKEN_BYTES = 16;

/** Walks the index in claim order and stops at the limit, however many tasks wait. */
export const SELECT_READY = `
  SELECT seq, priority FROM task WHERE status = 'pending' AND waiting = 0 AND type = ?
  ORDER BY priority DESC, seq LIMIT ?`;
const SELECT_READY_ONE = "SELECT seq, priority, type FROM task WHERE id = ? AND status = 'pending' AND waiting = 0";
const SELECT_BY_SEQ = `${SELECT_TASK} WHERE task.seq = ?`;
const SELECT_CHECKPOINTS = 'SELECT stage, data FROM checkpoint WHERE task_seq = ? ORDER BY position';

interface ReadyRow {
  readonly seq: number;
  readonly priority: number;
}

/** See `TaskLeases.claim`. */
export async function claimTasks(
  session: Session,
  request: ClaimRequest,
  options?: CallOptions,
): Promise<readonly ClaimedTask[]> {
  // An idle worker that only looks must not take the write lock from those who submit.
  const isIdle = await session.read(options, () => {
    assertAlive(session, request.workerId);
    return !hasDueTasks(session) && readyTasks(session, { ...request, limit: 1 }).length === 0;
  });
  if (isIdle) return [];
  return session.write(options, () => {
    assertAlive(session, request.workerId);
    promoteDueTasks(session);
    return readyTasks(session, request).map(({ seq }) => claimTask(session, seq, request.workerId));
  });
}

/** Highest priority first, then oldest first; the types' own orders are merged. */
function readyTasks(session: Session, { types = TASK_TYPES, taskId, limit }: ClaimRequest): readonly ReadyRow[] {
  const wireNames = types.map((type) => WIRE_NAMES[type]);
  if (taskId !== undefined) {
    const row = session.one<ReadyRow & { readonly type: (typeof wireNames)[number] }>(SELECT_READY_ONE, taskId);
    return row && wireNames.includes(row.type) ? [row] : [];
  }
  return wireNames
    .flatMap((wireName) => session.all<ReadyRow>(SELECT_READY, wireName, limit))
    .toSorted((a, b) => b.priority - a.priority || a.seq - b.seq)
    .slice(0, limit);
}

function claimTask(session: Session, seq: number, workerId: string): ClaimedTask {
  const stored = storedTaskOf(session.one<TaskRow>(SELECT_BY_SEQ, seq)!);
  const token = Buffer.from(session.clock.randomBytes(TOKEN_BYTES)).toString('hex');
  const change = { kind: 'claim', token, workerId } as const;
  const task = changeTask(session, stored, change, { type: 'claimed', data: { workerId } }) as ProcessingTask;
  return { task, lease: { taskId: task.id, token, workerId }, checkpoints: checkpointsOf(session, seq) };
}

function checkpointsOf(session: Session, seq: number): readonly Checkpoint[] {
  const rows = session.all<{ stage: string; data: string }>(SELECT_CHECKPOINTS, seq);
  return rows.map(({ stage, data }) => ({ stage, data: JSON.parse(data) }));
}
