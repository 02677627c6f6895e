import type { Lease } from '../../../core/task.ts';
import { checksumOf } from '../../../core/checksum.ts';
import type { DataResult } from '../../../ports/task-leases.ts';
import { referFiles } from './blob-refs.ts';
import { captureHold } from './credit-ledger.ts';
import { countChanges } from './effects.ts';
import { insertRows, rowInsert } from './insert-rows.ts';
import { fenceOf, leaseLost } from './lease.ts';
import { type LeasedRow, leasedRow } from './leased-rows.ts';
import { unparkOne } from './parked-tasks.ts';
import { EMPTY_RESULT } from './result-store.ts';
import type { Session } from './session.ts';
import type { ItemOutcome } from './joint-write.ts';

const SELECT_RUNNING = `
  SELECT seq, id, type, user_id AS userId, batch_id, lease_token AS token, lease_owner AS owner FROM task
  WHERE seq IN (SELECT value FROM json_each(?)) AND status = 'processing'`;
/** Whether every lease of a claim is still good, told without looking at each. */
const COUNT_LEASED = `
  SELECT count(*) AS count FROM task
  WHERE seq IN (SELECT value FROM json_each(?)) AND status = 'processing' AND lease_token = ? AND lease_owner = ?`;
/** The transition `complete`, many at once. */
const COMPLETE = `
  UPDATE task SET status = 'completed', lease_token = NULL, lease_owner = NULL, partial = ?1, error = NULL, held = 0,
    updated_at = ?2, completed_at = ?2, event_seq = event_seq + 1
  WHERE seq IN (SELECT value FROM json_each(?3))`;
const TELL = `
  INSERT INTO event (task_seq, seq, type, at, attempt, data)
  SELECT seq, event_seq, 'completed', ?, attempt, json_object('resultId', id, 'partial', json(?)) FROM task
  WHERE seq IN (SELECT value FROM json_each(?))`;
const INSERT_RESULTS = rowInsert('INSERT INTO task_result (task_seq, result, checksum)', '(?, ?, ?)');

export interface Completion {
  readonly lease: Lease;
  readonly result: DataResult;
  /** The result as it is stored. */
  readonly json: string;
}

/** Completes tasks whose results are data, within the running write: of short tasks many end in one turn. */
export function completeMany(session: Session, completions: readonly Completion[]): readonly ItemOutcome<void>[] {
  const rows = knownRows(session, completions) ?? lookedUpRows(session, completions);
  const accepted: Accepted[] = [];
  const outcomes = completions.map((completion, index): ItemOutcome<void> => {
    const row = rows[index];
    if (!row) return { failure: { thrown: leaseLost(completion.lease) } };
    accepted.push({ row, completion });
    return { result: undefined };
  });
  for (const partial of [false, true]) {
    writeCompleted(
      session,
      accepted.filter(({ completion }) => completion.result.partial === partial).map(rowOf),
      partial,
    );
  }
  writeResults(session, accepted);
  countChanges(session.effects, accepted.map(rowOf), 'processing', 'completed');
  for (const { row } of accepted) {
    captureHold(session, row.seq, row.userId);
    unparkOne(session, row.userId);
  }
  return outcomes;
}

interface Accepted {
  readonly row: LeasedRow;
  readonly completion: Completion;
}

function rowOf({ row }: Accepted): LeasedRow {
  return row;
}

/** The common case: tasks of one claim or of claims alike, none of them lost. Undefined when it is not. */
function knownRows(session: Session, completions: readonly Completion[]): readonly LeasedRow[] | undefined {
  const rows: LeasedRow[] = [];
  const seqs = new Set<number>();
  for (const { lease } of completions) {
    const row = leasedRow(lease);
    if (!row || row.token !== (rows[0] ?? row).token || row.owner !== (rows[0] ?? row).owner) return undefined;
    rows.push(row);
    seqs.add(row.seq);
  }
  const [first] = rows;
  if (!first || fenceOf(session, completions[0]!.lease) === undefined || seqs.size < rows.length) return undefined;
  const list = JSON.stringify([...seqs]);
  const { count } = session.one<{ count: number }>(COUNT_LEASED, list, first.token, first.owner)!;
  return count === rows.length ? rows : undefined;
}

/** What each lease gives the right to, undefined where that is nothing; each row is given once. */
function lookedUpRows(session: Session, completions: readonly Completion[]): readonly (LeasedRow | undefined)[] {
  const fences = completions.map(({ lease }) => fenceOf(session, lease));
  const seqs = fences.flatMap((fence) => (fence ? [fence[0]] : []));
  const found = session.all<LeasedRow & { readonly id: string }>(SELECT_RUNNING, JSON.stringify(seqs));
  const running = new Map(found.map((row) => [row.seq, row]));
  return fences.map((fence) => {
    if (!fence) return undefined;
    const [seq, id, token, owner] = fence;
    const row = running.get(seq);
    if (row?.id !== id || row.token !== token || row.owner !== owner) return undefined;
    running.delete(seq);
    return row;
  });
}

/** An empty result is told by the task alone. */
function writeResults(session: Session, accepted: readonly Accepted[]): void {
  const filled = accepted.filter(({ completion }) => completion.json !== EMPTY_RESULT);
  const columns = filled.map(({ row, completion: { json } }) => [row.seq, json, checksumOf(json)]);
  insertRows(session, INSERT_RESULTS, columns);
  for (const { row, completion } of filled) referFiles(session, row.seq, completion.result.files);
}

function writeCompleted(session: Session, rows: readonly LeasedRow[], partial: boolean): void {
  if (rows.length === 0) return;
  const seqs = JSON.stringify(rows.map(({ seq }) => seq));
  const now = session.clock.now();
  session.run(COMPLETE, Number(partial), now, seqs);
  session.run(TELL, now, String(partial), seqs);
  session.mark('done');
}
