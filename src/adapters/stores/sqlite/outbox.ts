import type { TaskError } from '../../../core/task.ts';
import type { Outbox, RefusalOutcome, TakeRequest } from '../../../ports/outbox.ts';
import type { TaskMessage } from '../../../ports/task-queue.ts';
import { changeTask } from './change-task.ts';
import { refundHold } from './credit-ledger.ts';
import type { SqlValue } from './driver.ts';
import type { Session } from './session.ts';
import {
  PENDING_COLUMNS,
  type PendingRow,
  pendingRowOf,
  SELECT_TASK,
  storedTaskOf,
  type TaskRow,
  TYPE_COLUMN,
  typeOf,
} from './task-row.ts';
import { hasDueTasks, promoteDueTasks } from './waiting-tasks.ts';
import { isWholeOrFailed } from './whole-or-failed.ts';

/** Made by the first call that needs it: a store whose tasks are not published must not pay for it with every insert. */
const CREATE_INDEX = `
  CREATE INDEX IF NOT EXISTS task_unpublished ON task (published_at, seq) WHERE status = 'pending' AND waiting = 0`;
const HAS_INDEX = "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = 'task_unpublished'";
/**
 * What is to be published, each a range of the index. A time in the future is of a wall clock that was set back since: no sooner
 * does it come to pass than any other.
 */
const IN_LINE = "status = 'pending' AND waiting = 0";
const UNPUBLISHED = `${IN_LINE} AND published_at IS NULL AND abs(?1 - updated_at) >= ?2`;
const SILENT = `${IN_LINE} AND published_at <= ?1 - ?2`;
const AHEAD_OF_TIME = `${IN_LINE} AND published_at >= ?1 + ?2`;
const anyOf = (condition: string): string =>
  `SELECT 1 FROM task INDEXED BY task_unpublished WHERE ${condition} LIMIT 1`;
const rowsOf = (condition: string): string => `
  SELECT ${PENDING_COLUMNS}, type FROM task INDEXED BY task_unpublished JOIN task_input USING (seq)
  WHERE ${condition} ORDER BY published_at, seq LIMIT ?3`;
const MARK = `
  UPDATE task SET published_at = ? WHERE id IN (SELECT value FROM json_each(?)) AND status = 'pending'`;

export function sqliteOutbox(session: Session): Outbox {
  return {
    take: async (request, options) => {
      // Every worker looks every second: the write lock is taken only when there is something to do.
      if (!(await session.read(options, () => mayTake(session, request)))) return [];
      return session.write(options, () => {
        if (!session.one(HAS_INDEX)) session.run(CREATE_INDEX);
        promoteDueTasks(session);
        return takeRows(session, request);
      });
    },
    giveBack: (taskIds, options) => session.write(options, () => mark(session, taskIds, null)),
    // A power cut that takes the mark back has the task published twice.
    published: (taskIds, options) => session.stepHint(options, () => mark(session, taskIds, session.clock.now())),
    refuse: ({ taskId, error }, options) => session.write(options, () => refuseTask(session, taskId, error)),
  };
}

/** Each condition with the time that it asks for. */
function conditionsOf({ unpublishedForMs, republishAfterMs }: TakeRequest): readonly (readonly [string, number])[] {
  return [
    [UNPUBLISHED, unpublishedForMs],
    [SILENT, republishAfterMs],
    [AHEAD_OF_TIME, republishAfterMs],
  ];
}

function mayTake(session: Session, request: TakeRequest): boolean {
  if (hasDueTasks(session) || !session.one(HAS_INDEX)) return true;
  const now = session.clock.now();
  return conditionsOf(request).some(([condition, ms]) => session.one(anyOf(condition), now, ms) !== undefined);
}

function takeRows(session: Session, request: TakeRequest): readonly TaskMessage[] {
  const now = session.clock.now();
  const found: PendingRow[] = [];
  for (const [condition, ms] of conditionsOf(request)) {
    const count = request.limit - found.length;
    if (count > 0) found.push(...session.rows(rowsOf(condition), now, ms, count).map(rowOf));
  }
  const rows = found.filter((row) => isWholeOrFailed(session, row));
  mark(
    session,
    rows.map(({ id }) => id),
    now,
  );
  return rows.map((row) => ({
    taskId: row.id,
    userId: row.user_id,
    type: typeOf(row),
    input: JSON.parse(row.input) as unknown,
  }));
}

function rowOf(columns: readonly SqlValue[]): PendingRow {
  return pendingRowOf(columns, columns[TYPE_COLUMN] as string);
}

function mark(session: Session, taskIds: readonly string[], at: number | null): void {
  session.run(MARK, at, JSON.stringify(taskIds));
}

function refuseTask(session: Session, taskId: string, error: TaskError): RefusalOutcome {
  const row = session.one<TaskRow>(`${SELECT_TASK} WHERE task.id = ?`, taskId);
  if (!row) return 'unknown';
  if (row.status !== 'pending') return 'left';
  const stored = storedTaskOf(row);
  changeTask(session, stored, { kind: 'refuse', error }, { type: 'failed', data: { error } });
  refundHold(session, stored.seq, stored.task.userId);
  return 'failed';
}
