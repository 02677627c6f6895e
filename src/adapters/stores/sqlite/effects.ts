import type { TaskStatus } from '../../../core/task.ts';
import type { Connection } from './connection.ts';
import { flushCounts, type StatusChange } from './task-counts.ts';
import { flushTurns } from './fair-turns.ts';

/** `work`: there may be something to claim. `done`: something happened to a task. */
export type BellName = 'work' | 'done';

/**
 * What a transaction gathers while its statements run: written in one go at its end (counters, turns), done after its commit
 * (bells), or remembered while it lasts (`once`).
 */
export interface Effects {
  readonly bells: Set<BellName>;
  readonly counts: Map<string, StatusChange>;
  /** Turns by {@link turnKey}, as they will be after this transaction. */
  readonly turns: Map<string, number>;
  readonly remembered: Map<string, unknown>;
}

export function noEffects(): Effects {
  return { bells: new Set(), counts: new Map(), turns: new Map(), remembered: new Map() };
}

/** A copy to fall back on when a part of the transaction is undone; what was remembered may be undone with it. */
export function copyEffects({ bells, counts, turns }: Effects): Effects {
  return { bells: new Set(bells), counts: new Map(counts), turns: new Map(turns), remembered: new Map() };
}

/** Writes what was gathered; the last statements before the commit. */
export function flushEffects(connection: Connection, { counts, turns }: Effects): void {
  flushCounts(connection, counts);
  flushTurns(connection, turns);
}

/** Like {@link countChange} for each row; of many rows, most are alike. */
export function countChanges(
  effects: Effects,
  rows: readonly { readonly type: string; readonly batch_id: string | null }[],
  from: TaskStatus,
  to: TaskStatus,
): void {
  let start = 0;
  while (start < rows.length) {
    const { type, batch_id: batchId } = rows[start]!;
    let end = start + 1;
    while (end < rows.length && rows[end]!.type === type && rows[end]!.batch_id === batchId) end++;
    add(effects, { type, batchId }, from, start - end);
    add(effects, { type, batchId }, to, end - start);
    start = end;
  }
}

/** Like {@link countChange} for new tasks. */
export function countNew(
  effects: Effects,
  task: { readonly type: string; readonly batchId: string | null; readonly count: number },
): void {
  add(effects, task, 'pending', task.count);
}

/** Like {@link countChange} for tasks that were counted already. */
export function countMany(
  effects: Effects,
  task: { readonly type: string; readonly batchId: string | null; readonly count: number },
  from: TaskStatus,
  to: TaskStatus,
): void {
  add(effects, task, from, -task.count);
  add(effects, task, to, task.count);
}

/** Counts a task that changes its status; `from` is null for a new one, `to` for one that is removed. */
export function countChange(
  effects: Effects,
  task: { readonly type: string; readonly batchId: string | null },
  from: TaskStatus | null,
  to: TaskStatus | null,
): void {
  if (from === to) return;
  if (from !== null) add(effects, task, from, -1);
  if (to !== null) add(effects, task, to, 1);
}

function add(
  { counts }: Effects,
  { type, batchId }: { readonly type: string; readonly batchId: string | null },
  status: TaskStatus,
  delta: number,
): void {
  const key = `${type} ${status} ${batchId ?? ''}`;
  const before = counts.get(key)?.delta ?? 0;
  counts.set(key, { type, status, batchId, delta: before + delta });
}
