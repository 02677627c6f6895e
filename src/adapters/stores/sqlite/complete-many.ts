import type { Lease } from '../../../core/task.ts';
import { checksumOf } from '../../../core/checksum.ts';
import type { DataResult } from '../../../ports/task-leases.ts';
import { referFiles } from './blob-refs.ts';
import { captureHold } from './credit-ledger.ts';
import { countChange } from './effects.ts';
import { insertRows, rowInsert } from './insert-rows.ts';
import { type Fence, fenceOf, leaseLost } from './lease.ts';
import { unparkOne } from './parked-tasks.ts';
import type { Session } from './session.ts';
import type { ItemOutcome } from './joint-write.ts';

const SELECT_RUNNING = `
  SELECT seq, id, type, user_id AS userId, batch_id AS batchId, lease_token AS token, lease_owner AS owner FROM task
  WHERE seq IN (SELECT value FROM json_each(?)) AND status = 'processing'`;
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
  const fences = completions.map(({ lease }) => fenceOf(session, lease));
  const seqs = fences.flatMap((fence) => (fence ? [fence[0]] : []));
  const running = new Map(session.all<RunningRow>(SELECT_RUNNING, JSON.stringify(seqs)).map((row) => [row.seq, row]));
  const accepted: { readonly row: RunningRow; readonly completion: Completion }[] = [];
  const outcomes = completions.map((completion, index): ItemOutcome<void> => {
    const row = takeRow(running, fences[index]);
    if (!row) return { failure: { thrown: leaseLost(completion.lease) } };
    accepted.push({ row, completion });
    return { result: undefined };
  });
  for (const partial of [false, true]) {
    const rows = accepted.filter(({ completion }) => completion.result.partial === partial).map(({ row }) => row);
    writeCompleted(session, rows, partial);
  }
  const results = accepted.map(({ row, completion: { json } }) => [row.seq, json, checksumOf(json)]);
  insertRows(session, INSERT_RESULTS, results);
  for (const { row, completion } of accepted) {
    referFiles(session, row.seq, completion.result.files);
    countChange(session.effects, row, 'processing', 'completed');
    captureHold(session, row.seq, row.userId);
    unparkOne(session, row.userId);
  }
  return outcomes;
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

function writeCompleted(session: Session, rows: readonly RunningRow[], partial: boolean): void {
  if (rows.length === 0) return;
  const seqs = JSON.stringify(rows.map(({ seq }) => seq));
  const now = session.clock.now();
  session.run(COMPLETE, Number(partial), now, seqs);
  session.run(TELL, now, String(partial), seqs);
  session.mark('done');
}
