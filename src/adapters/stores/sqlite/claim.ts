import { TASK_TYPES } from '../../../core/task.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Checkpoint, ClaimedTask, ClaimRequest } from '../../../ports/task-leases.ts';
import { requireAlive } from './alive.ts';
import { bySeqs, runBySeqs } from './by-seqs.ts';
import { isLimited } from './claim-room.ts';
import { countChanges } from './effects.ts';
import { isWholeOrFailed } from './whole-or-failed.ts';
import { passTurns } from './fair-turns.ts';
import { hasParked, unparkForAll } from './parked-tasks.ts';
import { hasReady, type NamedRow, namedTask, readyRows } from './ready-tasks.ts';
import { mayClaimWithinLimits, namedWithinLimits, rowsWithinLimits } from './ready-within-limits.ts';
import type { Session } from './session.ts';
import { rememberKinds } from './task-kinds.ts';
import { claimedTaskOf, PENDING_COLUMNS, type PendingRow, pendingRowOf } from './task-row.ts';
import { isoOf } from './time.ts';
import { hasDueTasks, promoteDueTasks } from './waiting-tasks.ts';

/** While others wait for the lock it is held for short: so many more tasks than there are slots. */
const MAX_AHEAD_WANTED = 50;

const SELECT_NAMED = `SELECT ${PENDING_COLUMNS} FROM task JOIN task_input USING (seq) WHERE task.seq = ?`;
/**
 * Every claimed task in one statement; the token is the number of the claim's event, which no other claim of the task has. The
 * event itself follows from the row until the attempt ends (see the event log).
 */
const claimStatement = (more: string) =>
  bySeqs(
    (condition) => `
  UPDATE task SET status = 'processing', attempt = attempt + 1, lease_token = event_seq + 1, lease_owner = ?1, provider = ?2,
    progress = NULL, updated_at = ?3, started_at = ?3, held = ?4, event_seq = event_seq + 1 ${more}
  WHERE ${condition}`,
  );
const CLAIM = claimStatement('');
/** One that a claim names may be parked. The others are in line: not to set it spares a look at two indexes for each. */
const CLAIM_NAMED = claimStatement(', waiting = 0');
const SELECT_CHECKPOINTS = 'SELECT stage, data FROM checkpoint WHERE task_seq = ? ORDER BY position';

/** See `TaskLeases.claim`. */
export async function claimTasks(
  session: Session,
  request: ClaimRequest,
  options?: CallOptions,
): Promise<readonly ClaimedTask[]> {
  // An idle worker that only looks must not take the write lock from those who submit.
  const isIdle = await session.read(options, () => {
    requireAlive(session, request.workerId);
    return !mayClaim(session, request);
  });
  if (isIdle) return [];
  // A claim that a power cut takes back leaves the task in line; whatever its worker stores durably makes the claim durable too.
  return session.stepHint(options, () => {
    const owner = requireAlive(session, request.workerId);
    promoteDueTasks(session, request.taskId);
    return claimRows(session, request, owner, selectRows(session, request));
  });
}

function mayClaim(session: Session, request: ClaimRequest): boolean {
  if (hasDueTasks(session)) return true;
  if (isLimited(request.limits)) return mayClaimWithinLimits(session, request);
  return hasReady(session, request) || (request.taskId === undefined && hasParked(session));
}

/** The rows to claim, in claim order. */
function selectRows(session: Session, request: ClaimRequest): readonly PendingRow[] {
  const most = session.isWanted() ? MAX_AHEAD_WANTED : Number.POSITIVE_INFINITY;
  const count = request.limit + Math.min(request.ahead ?? 0, most);
  const isPerUser = request.limits?.perUser !== undefined;
  if (!isPerUser) unparkForAll(session);
  for (;;) {
    const rows = lookAt(session, request, count);
    const whole = rows.filter((row) => isWholeOrFailed(session, row));
    // Damaged tasks, however many stand before the others, are out of the way now.
    if (whole.length === 0 && rows.length > 0) continue;
    // Only what never ran is held ahead: a task that takes its worker down does so in a slot of its own.
    return whole.filter((row, index) => index < request.limit || (row.attempt === 0 && row.error === null));
  }
}

function lookAt(session: Session, request: ClaimRequest, count: number): readonly PendingRow[] {
  const { types = TASK_TYPES, taskId, limits } = request;
  if (taskId === undefined) {
    return isLimited(limits)
      ? rowsWithinLimits(session, request, count)
      : readyRows(session, types, count).slice(0, count);
  }
  const [named] = isLimited(limits) ? namedWithinLimits(session, request) : namedTask(session, types, taskId);
  return named ? readNamed(session, named) : [];
}

function readNamed(session: Session, { seq, type }: NamedRow): readonly PendingRow[] {
  return session.rows(SELECT_NAMED, seq).map((columns) => pendingRowOf(columns, type));
}

function claimRows(
  session: Session,
  request: ClaimRequest,
  owner: number,
  rows: readonly PendingRow[],
): readonly ClaimedTask[] {
  if (rows.length === 0) return [];
  const { workerId, limit, taskId, provider = null } = request;
  const statement = taskId === undefined ? CLAIM : CLAIM_NAMED;
  const now = session.clock.now();
  for (const [held, part] of [rows.slice(0, limit), rows.slice(limit)].entries()) {
    const seqs = new Set(part.map(({ seq }) => seq));
    if (seqs.size > 0) runBySeqs(session, statement, [owner, provider, now, held], seqs);
  }
  session.mark('done');
  countChanges(session.effects, rows, 'pending', 'processing');
  passTurns(session, rows);
  rememberKinds(session.kinds, rows);
  const at = isoOf(now);
  return rows.map((row) => claimedOf(session, row, workerId, at));
}

const NO_CHECKPOINTS: readonly Checkpoint[] = [];

function claimedOf(session: Session, row: PendingRow, workerId: string, at: string): ClaimedTask {
  const task = claimedTaskOf(row, workerId, at);
  // A task that was never touched has no more to its story than its submission.
  const checkpoints = row.event_seq === 1 ? NO_CHECKPOINTS : checkpointsOf(session, row.seq);
  return { task, lease: { taskId: task.id, token: task.leaseToken, workerId }, checkpoints };
}

function checkpointsOf(session: Session, seq: number): readonly Checkpoint[] {
  const rows = session.all<{ stage: string; data: string }>(SELECT_CHECKPOINTS, seq);
  return rows.map(({ stage, data }) => ({ stage, data: JSON.parse(data) }));
}
