import { TASK_TYPES, type TaskType, WIRE_NAMES } from '../../../core/task.ts';
import type { ClaimRequest } from '../../../ports/task-leases.ts';
import { BOUND_LIMIT } from './bound-limit.ts';
import type { Session } from './session.ts';
import { PENDING_COLUMNS, type PendingRow, pendingRowOf } from './task-row.ts';

/** Walks the index in claim order and stops at the limit, however many tasks wait. */
export const SELECT_READY = `
  SELECT seq, priority, turn FROM task WHERE status = 'pending' AND waiting = 0 AND type = ?
  ORDER BY priority DESC, turn, seq ${BOUND_LIMIT}`;
/** The same walk, with all that a claim has to know. */
const SELECT_READY_ROWS = `
  SELECT ${PENDING_COLUMNS} FROM task JOIN task_input USING (seq)
  WHERE status = 'pending' AND waiting = 0 AND type = ? ORDER BY priority DESC, turn, seq ${BOUND_LIMIT}`;
const SELECT_READY_ONE =
  "SELECT seq, priority, turn, type FROM task WHERE id = ? AND status = 'pending' AND waiting <> 1";

export interface ReadyRow {
  readonly seq: number;
  readonly priority: number;
  readonly turn: number;
}

/** The row of a task that a claim names. */
export interface NamedRow extends ReadyRow {
  /** Wire name. */
  readonly type: string;
}

/** Whether anything is in line for a claim that has no limits. */
export function hasReady(session: Session, { types = TASK_TYPES, taskId }: ClaimRequest): boolean {
  if (taskId !== undefined) return namedTask(session, types, taskId).length > 0;
  return types.some((type) => session.one(SELECT_READY, WIRE_NAMES[type], 1) !== undefined);
}

/** The tasks in line, at least the next `count` of each type, in claim order. */
export function readyRows(session: Session, types: readonly TaskType[], count: number): readonly PendingRow[] {
  return mergeLines(types.map((type) => lineOf(session, WIRE_NAMES[type], count)));
}

function lineOf(session: Session, type: string, count: number): readonly PendingRow[] {
  return session.rows(SELECT_READY_ROWS, type, count).map((columns) => pendingRowOf(columns, type));
}

/** The one task that a claim names, when it is in line (or parked: its claim is what would take it out). */
export function namedTask(
  session: Session,
  types: readonly TaskType[] = TASK_TYPES,
  taskId: string,
): readonly NamedRow[] {
  const row = session.one<NamedRow>(SELECT_READY_ONE, taskId);
  return row && types.some((type) => WIRE_NAMES[type] === row.type) ? [row] : [];
}

/** One line from the lines of the types, in the same order: users take turns whatever the types of their tasks. */
export function mergeLines<Row extends ReadyRow>(lines: readonly (readonly Row[])[]): readonly Row[] {
  const filled = lines.filter(({ length }) => length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  const heads = filled.map(() => 0);
  const merged: Row[] = [];
  for (;;) {
    let first = -1;
    for (const [index, line] of filled.entries()) {
      const row = line[heads[index]!];
      const leader = first < 0 ? undefined : filled[first]![heads[first]!];
      if (row && (!leader || comesBefore(row, leader))) first = index;
    }
    if (first < 0) return merged;
    merged.push(filled[first]![heads[first]!]!);
    heads[first]! += 1;
  }
}

function comesBefore(a: ReadyRow, b: ReadyRow): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.turn < b.turn || (a.turn === b.turn && a.seq < b.seq);
}
