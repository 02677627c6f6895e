import type { ProcessingTask, Task } from '../../../core/task.ts';
import { transition } from '../../../core/transition.ts';
import type { CallOptions } from '../../../ports/task-store.ts';
import type { Checkpoint, ClaimedTask, ClaimRequest } from '../../../ports/task-leases.ts';
import { assertAlive } from './alive.ts';
import { isLimited } from './claim-room.ts';
import { countChange } from './effects.ts';
import { failDamaged } from './fail-damaged.ts';
import { passTurn } from './fair-turns.ts';
import { hasParked, unparkForAll } from './parked-tasks.ts';
import { readyTasks } from './ready-tasks.ts';
import { mayClaimWithinLimits, readyWithinLimits } from './ready-within-limits.ts';
import type { Session } from './session.ts';
import { inputIsWhole, NEVER_RUN, type TaskRow, taskOf } from './task-row.ts';
import { isoOf } from './time.ts';
import { hasDueTasks, promoteDueTasks } from './waiting-tasks.ts';

/** 128 bits: a token is never guessed nor met twice. */
const TOKEN_BYTES = 16;

/** What a pending task's row can say; all else follows from the state. */
const SELECT_BY_SEQS = `
  SELECT seq, task.id, user_id, type, status, priority, turn, run_at, attempt, max_attempts, idempotency_key, batch_id, error,
    created_at, updated_at, event_seq, task_input.input, task_input.checksum
  FROM task JOIN task_input USING (seq) WHERE task.seq IN (SELECT value FROM json_each(?))`;
/** Every claimed task in one statement; the token is the claim's own with the task's number behind it. */
const CLAIM = `
  UPDATE task SET status = 'processing', waiting = 0, attempt = attempt + 1, lease_token = ?1 || '-' || seq, lease_owner = ?2,
    provider = ?3, progress = NULL, updated_at = ?4, started_at = ?4, held = seq IN (SELECT value FROM json_each(?6)),
    event_seq = event_seq + 1
  WHERE seq IN (SELECT value FROM json_each(?5))`;
const TELL = `
  INSERT INTO event (task_seq, seq, type, at, attempt, data)
  SELECT seq, event_seq, 'claimed', ?, attempt, ? FROM task WHERE seq IN (SELECT value FROM json_each(?))`;
const SELECT_CHECKPOINTS = 'SELECT stage, data FROM checkpoint WHERE task_seq = ? ORDER BY position';

/** A task in line that can be read as it was written. */
interface ReadyTask {
  readonly row: TaskRow;
  readonly checkpoints: readonly Checkpoint[];
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
    return !mayClaim(session, request);
  });
  if (isIdle) return [];
  return session.step(options, () => {
    assertAlive(session, request.workerId);
    promoteDueTasks(session);
    return claimRows(session, request, selectTasks(session, request));
  });
}

function mayClaim(session: Session, request: ClaimRequest): boolean {
  if (hasDueTasks(session)) return true;
  if (isLimited(request.limits)) return mayClaimWithinLimits(session, request);
  return readyTasks(session, request, 1).length > 0 || (request.taskId === undefined && hasParked(session));
}

/** The tasks to claim, in claim order; none when there are none, however many damaged ones stand before the others. */
function selectTasks(session: Session, request: ClaimRequest): readonly ReadyTask[] {
  const count = request.limit + (request.ahead ?? 0);
  const isPerUser = request.limits?.perUser !== undefined;
  if (!isPerUser) unparkForAll(session);
  const select = isLimited(request.limits) ? readyWithinLimits : readyTasks;
  for (;;) {
    const seqs = select(session, request, count).map(({ seq }) => seq);
    const whole = readRows(session, seqs).flatMap((row) => unlessDamaged(session, row) ?? []);
    if (seqs.length > 0 && whole.length === 0) continue;
    // Only what never ran is held ahead: a task that takes its worker down does so in a slot of its own.
    return whole.filter(({ row }, index) => index < request.limit || (row.attempt === 0 && row.error === null));
  }
}

function readRows(session: Session, seqs: readonly number[]): readonly TaskRow[] {
  if (seqs.length === 0) return [];
  const rows = new Map(
    session.all<TaskRow>(SELECT_BY_SEQS, JSON.stringify(seqs)).map((row) => [row.seq, { ...NEVER_RUN, ...row }]),
  );
  return seqs.map((seq) => rows.get(seq)!);
}

/** One that cannot be read as it was written is failed instead: it must not keep the others from being claimed. */
function unlessDamaged(session: Session, row: TaskRow): ReadyTask | undefined {
  const checkpoints = checkpointsOf(session, row);
  if (inputIsWhole(row) && checkpoints) return { row, checkpoints };
  failDamaged(session, row, checkpoints ? 'the stored input is' : 'the stored checkpoints are');
  return undefined;
}

function claimRows(session: Session, request: ClaimRequest, ready: readonly ReadyTask[]): readonly ClaimedTask[] {
  if (ready.length === 0) return [];
  const rows = ready.map(({ row }) => row);
  const { workerId, provider = null, limit } = request;
  const now = session.clock.now();
  const token = Buffer.from(session.clock.randomBytes(TOKEN_BYTES)).toString('hex');
  const seqs = JSON.stringify(rows.map(({ seq }) => seq));
  const ahead = JSON.stringify(rows.slice(limit).map(({ seq }) => seq));
  session.run(CLAIM, token, workerId, provider, now, seqs, ahead);
  session.run(TELL, now, JSON.stringify({ workerId }), seqs);
  session.mark('done');
  return ready.map((each) => claimedOf(session, each, { token: `${token}-${each.row.seq}`, workerId, at: isoOf(now) }));
}

function claimedOf(
  session: Session,
  { row, checkpoints }: ReadyTask,
  { token, workerId, at }: { readonly token: string; readonly workerId: string; readonly at: string },
): ClaimedTask {
  const before: Task = taskOf(row);
  const task = transition(before, { kind: 'claim', token, workerId }, at) as ProcessingTask;
  countChange(session.effects, { type: row.type, batchId: row.batch_id }, before.status, task.status);
  passTurn(session, row, row.turn);
  return { task, lease: { taskId: task.id, token, workerId }, checkpoints };
}

/** Undefined when one of them is damaged. */
function checkpointsOf(session: Session, row: TaskRow): readonly Checkpoint[] | undefined {
  // A task that was never touched has no more to its story than its submission.
  if (row.event_seq === 1) return [];
  const rows = session.all<{ stage: string; data: string }>(SELECT_CHECKPOINTS, row.seq);
  try {
    return rows.map(({ stage, data }) => ({ stage, data: JSON.parse(data) }));
  } catch {
    return undefined;
  }
}
