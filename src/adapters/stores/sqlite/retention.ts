import { cutPage, pageBounds } from '../../../core/page-request.ts';
import type { FinishedTask, RemovedTask, Retention } from '../../../ports/retention.ts';
import { countChange } from './effects.ts';
import type { Session } from './session.ts';
import type { TaskRow } from './task-row.ts';
import { isoOf, msOf } from './time.ts';
import { existingTask } from './visible-task.ts';

const PIN = 'UPDATE task SET pinned = ? WHERE seq = ?';
/** Shares a blob with a task that is still to be worked, from its input or from what it has made so far. */
const IN_USE = `EXISTS (
  SELECT 1 FROM blob_ref AS own JOIN blob_ref AS other ON other.path = own.path AND other.task_seq <> own.task_seq
  JOIN task AS user ON user.seq = other.task_seq
  WHERE own.task_seq = task.seq AND user.completed_at IS NULL)`;
const SELECT_FINISHED = `
  SELECT seq, id, completed_at, pinned, ${IN_USE} AS in_use,
    (SELECT coalesce(sum(bytes), 0) FROM blob_ref WHERE task_seq = task.seq) AS bytes
  FROM task WHERE seq < ? AND completed_at IS NOT NULL ORDER BY seq DESC LIMIT ?`;
const SELECT_REMOVABLE = `
  SELECT task.* FROM task WHERE id = ? AND completed_at IS NOT NULL AND pinned = 0 AND NOT ${IN_USE}`;
const SELECT_OWN_PATHS = `
  SELECT path FROM blob_ref AS own WHERE task_seq = ?
    AND NOT EXISTS (SELECT 1 FROM blob_ref AS other WHERE other.path = own.path AND other.task_seq <> own.task_seq)`;
const DELETE_CONCEPT = 'DELETE FROM concept WHERE task_id = ?';
const DELETE_TASK = 'DELETE FROM task WHERE seq = ?';
const SELECT_NAMED = `
  SELECT value AS path FROM json_each(?) AS wanted WHERE EXISTS (SELECT 1 FROM blob_ref WHERE path = wanted.value)`;
const SELECT_OPEN = `
  SELECT id FROM task WHERE id IN (SELECT value FROM json_each(?)) AND status <> 'completed'`;
/** Who did what is told by the tasks: a worker is forgotten with the last of its own. */
const PRUNE_WORKERS = `
  DELETE FROM worker WHERE dead = 1 AND coalesce(ended_at, started_at) < ?
    AND seq NOT IN (SELECT lease_owner FROM task WHERE lease_owner IS NOT NULL)`;
/** A turn that the clock has passed decides nothing any more. */
const PRUNE_TURNS = `
  DELETE FROM fair_turn WHERE user_id <> '' AND turn <= (
    SELECT clock.turn FROM fair_turn AS clock
    WHERE clock.priority = fair_turn.priority AND clock.user_id = '')`;
const PRUNE_BATCHES = `
  DELETE FROM batch WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM task WHERE batch_id = batch.id)`;
/** Those of tasks removed in this very transaction are counted down at its end, and go the next time. */
const PRUNE_BATCH_COUNTS = `
  DELETE FROM batch_count WHERE count = 0 AND NOT EXISTS (SELECT 1 FROM task WHERE task.batch_id = batch_count.batch_id)`;

interface FinishedRow {
  readonly seq: number;
  readonly id: string;
  readonly completed_at: number;
  readonly pinned: number;
  readonly in_use: number;
  readonly bytes: number;
}

export function sqliteRetention(session: Session): Retention {
  return {
    pin: (taskId, pinned, options) =>
      session.write(options, () => {
        session.run(PIN, Number(pinned), existingTask(session, taskId, options).seq);
      }),

    finished: (request, options) =>
      session.read(options, () => {
        const bounds = pageBounds(request);
        const found = session.all<FinishedRow>(SELECT_FINISHED, bounds.before, bounds.limit + 1);
        const { rows, nextCursor } = cutPage(found, bounds);
        return { tasks: rows.map(finishedOf), nextCursor };
      }),

    remove: (taskIds, options) => session.write(options, () => taskIds.flatMap((id) => removeTask(session, id))),

    referenced: (paths, options) => session.read(options, () => referencedPaths(session, paths)),

    prune: (before, options) =>
      session.write(options, () => {
        const beforeMs = msOf(before, 'before');
        const workers = session.run(PRUNE_WORKERS, beforeMs);
        const batches = session.run(PRUNE_BATCHES, beforeMs);
        session.run(PRUNE_BATCH_COUNTS);
        return workers + batches + session.run(PRUNE_TURNS);
      }),
  };
}

function finishedOf({ id, completed_at, pinned, in_use, bytes }: FinishedRow): FinishedTask {
  return { taskId: id, completedAt: isoOf(completed_at), bytes, pinned: pinned === 1, inUse: in_use === 1 };
}

/** Nothing for a task that must stay. Inputs, events, checkpoints, results and references go with the task's row. */
function removeTask(session: Session, taskId: string): readonly RemovedTask[] {
  const row = session.one<TaskRow>(SELECT_REMOVABLE, taskId);
  if (!row) return [];
  const paths = session.all<{ path: string }>(SELECT_OWN_PATHS, row.seq).map(({ path }) => path);
  session.run(DELETE_CONCEPT, taskId);
  session.run(DELETE_TASK, row.seq);
  countChange(session.effects, { type: row.type, batchId: row.batch_id }, row.status, null);
  return [{ taskId, paths }];
}

/** Blobs lie in a folder per task: `<user>/<task>/…`. */
function referencedPaths(session: Session, paths: readonly string[]): readonly string[] {
  const folders = paths.map((path) => path.split('/')[1] ?? '');
  const named = session.all<{ path: string }>(SELECT_NAMED, JSON.stringify(paths)).map(({ path }) => path);
  const open = session.all<{ id: string }>(SELECT_OPEN, JSON.stringify([...new Set(folders)])).map(({ id }) => id);
  const [isNamed, isOpen] = [new Set(named), new Set(open)];
  return paths.filter((path, index) => isNamed.has(path) || isOpen.has(folders[index]!));
}
