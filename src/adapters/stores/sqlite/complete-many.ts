import type { Lease } from '../../../core/task.ts';
import { checksumOf } from '../../../core/checksum.ts';
import type { DataResult } from '../../../ports/task-leases.ts';
import { referFiles } from './blob-refs.ts';
import { bySeqs, runBySeqs } from './by-seqs.ts';
import { captureHold, hasHolds } from './credit-ledger.ts';
import { countChange, countMany } from './effects.ts';
import { insertRows, rowInsert } from './insert-rows.ts';
import { type Fence, fenceOf, leaseLost, ownerOf } from './lease.ts';
import { hasParkedTasks, unparkOne } from './parked-tasks.ts';
import { EMPTY_RESULT } from './result-store.ts';
import type { Session } from './session.ts';
import { takeKinds } from './task-kinds.ts';
import { claimNumberOf, rowOf } from './lease-token.ts';
import type { ItemOutcome } from './joint-write.ts';

const SELECT_RUNNING = `
  SELECT seq, id, type, user_id AS userId, batch_id AS batchId, lease_token AS token, lease_owner AS owner FROM task
  WHERE seq IN (SELECT value FROM json_each(?)) AND status = 'processing'`;
/**
 * The transition `complete`, many at once, fenced. The lease stays written: the events of the last claim and of the end follow from
 * it. The plus keeps SQLite to the row numbers, whatever index there is of what is processing.
 */
const COMPLETE = bySeqs(
  (condition) => `
  UPDATE task SET status = 'completed', partial = ?1, error = NULL, held = 0,
    updated_at = ?2, completed_at = ?2, event_seq = event_seq + 1
  WHERE +status = 'processing' AND lease_token = ?3 AND lease_owner = ?4 AND ${condition}`,
);
const INSERT_RESULTS = rowInsert('INSERT INTO task_result (task_seq, result, checksum)', '(?, ?, ?)');

interface RunningRow {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly userId: string;
  readonly batchId: string | null;
  readonly token: number;
  readonly owner: number;
}

export interface Completion {
  readonly lease: Lease;
  readonly result: DataResult;
  /** The result as it is stored. */
  readonly json: string;
}

/** Completes tasks whose results are data, within the running write: of short tasks many end in one turn. */
export function completeMany(session: Session, completions: readonly Completion[]): readonly ItemOutcome<void>[] {
  return completeAlike(session, completions) ?? completeEach(session, completions);
}

/** The common case: tasks of one claim or of claims alike, none of them lost, and no credits or parked tasks to see to. */
function completeAlike(session: Session, completions: readonly Completion[]): readonly ItemOutcome<void>[] | undefined {
  if (hasHolds(session) || hasParkedTasks(session)) return undefined;
  const alike = alikeOf(session, completions);
  if (!alike || !areCompleted(session, alike)) return undefined;
  writeResults(session, completions);
  const ids = completions.map(({ lease }) => lease.taskId);
  for (const kind of takeKinds(session, alike.seqs, ids)) countMany(session.effects, kind, 'processing', 'completed');
  return completions.map(() => DONE);
}

/** Rows to complete with one statement. */
interface Alike {
  readonly seqs: ReadonlySet<number>;
  /** Number of the event of the claim. */
  readonly token: number;
  readonly owner: number;
  readonly partial: boolean;
}

/** Undefined when worker, claim number or kind of result differ, a token is of another task, or a task comes twice. */
function alikeOf(session: Session, completions: readonly Completion[]): Alike | undefined {
  const { lease, result } = completions[0]!;
  const { workerId } = lease;
  const { partial } = result;
  const token = claimNumberOf(lease.token);
  const seqs = new Set<number>();
  for (const { lease: other, result: otherResult } of completions) {
    if (other.workerId !== workerId || otherResult.partial !== partial) return undefined;
    if (claimNumberOf(other.token) !== token || !other.token.startsWith(other.taskId)) return undefined;
    seqs.add(rowOf(other.token));
  }
  const owner = ownerOf(session, workerId);
  return owner === undefined || seqs.size < completions.length ? undefined : { seqs, token, owner, partial };
}

/** All or none: completes the tasks when every lease is still good. */
function areCompleted(session: Session, alike: Alike): boolean {
  session.run('SAVEPOINT alike');
  const areAll = writeCompleted(session, alike) === alike.seqs.size;
  if (!areAll) session.run('ROLLBACK TO alike');
  session.run('RELEASE alike');
  return areAll;
}

const DONE: ItemOutcome<void> = { result: undefined };

/** Each looked at by itself; a lost one is refused alone. */
function completeEach(session: Session, completions: readonly Completion[]): readonly ItemOutcome<void>[] {
  const fences = completions.map(({ lease }) => fenceOf(session, lease));
  const seqs = fences.flatMap((fence) => (fence ? [fence[0]] : []));
  const running = new Map(session.all<RunningRow>(SELECT_RUNNING, JSON.stringify(seqs)).map((row) => [row.seq, row]));
  return completions.map((completion, index) => {
    const row = takeRow(running, fences[index]);
    if (!row) return { failure: { thrown: leaseLost(completion.lease) } };
    const { token, owner } = row;
    writeCompleted(session, { seqs: new Set([row.seq]), token, owner, partial: completion.result.partial });
    writeResults(session, [completion]);
    countChange(session.effects, row, 'processing', 'completed');
    captureHold(session, row.seq, row.userId);
    unparkOne(session, row.userId);
    return DONE;
  });
}

/** The row that the lease gives the right to; each is given once. */
function takeRow(running: Map<number, RunningRow>, fence: Fence | undefined): RunningRow | undefined {
  if (!fence) return undefined;
  const [seq, id, token, owner] = fence;
  const row = running.get(seq);
  if (row?.id !== id || row.token !== token || row.owner !== owner) return undefined;
  running.delete(seq);
  return row;
}

/** An empty result is told by the task alone. */
function writeResults(session: Session, completions: readonly Completion[]): void {
  const filled = completions.filter(({ json }) => json !== EMPTY_RESULT);
  const columns = filled.map(({ lease, json }) => [rowOf(lease.token), json, checksumOf(json)]);
  insertRows(session, INSERT_RESULTS, columns);
  for (const { lease, result } of filled) referFiles(session, rowOf(lease.token), result.files);
}

/** @returns how many of the tasks were under these leases. */
function writeCompleted(session: Session, { seqs, token, owner, partial }: Alike): number {
  const changed = runBySeqs(session, COMPLETE, [Number(partial), session.clock.now(), token, owner], seqs);
  if (changed > 0) session.mark('done');
  return changed;
}
