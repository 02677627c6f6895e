import { assertResultSize } from '../../../core/result-size.ts';
import type { Lease } from '../../../core/task.ts';
import { checksumOf } from '../../../core/checksum.ts';
import type { TaskResult } from '../../../ports/task-leases.ts';
import { insertEvent } from './append-event.ts';
import { referConcept, referFiles } from './blob-refs.ts';
import { insertConcept } from './concept-store.ts';
import { captureHold } from './credit-ledger.ts';
import { countChange } from './effects.ts';
import { FENCE, fenceOf, isHolderAlive, leaseLost } from './lease.ts';
import { unparkOne } from './parked-tasks.ts';
import type { Session } from './session.ts';

/** Read and then written, which costs less than one statement that does both. */
const SELECT_LEASED = `
  SELECT seq, type, user_id AS userId, batch_id AS batchId, attempt, event_seq AS eventSeq FROM task WHERE ${FENCE}`;
/** The transition `complete`: the end of every task, so it is kept short. */
const COMPLETE = `
  UPDATE task SET status = 'completed', lease_token = NULL, lease_owner = NULL, result_id = ?, partial = ?, error = NULL,
    held = 0, updated_at = ?, completed_at = ?, event_seq = event_seq + 1
  WHERE seq = ?`;
const INSERT_RESULT = 'INSERT INTO task_result (task_seq, result, checksum) VALUES (?, ?, ?)';

interface LeasedRow {
  readonly seq: number;
  readonly type: string;
  readonly userId: string;
  readonly batchId: string | null;
  readonly attempt: number;
  readonly eventSeq: number;
}

/** A result in the form in which it is stored. */
interface WrittenResult {
  readonly resultId: string;
  readonly json: string;
}

/** @throws ConceptError RESULT_TOO_LARGE */
export function writeResult({ taskId }: Lease, result: TaskResult): WrittenResult {
  const json = JSON.stringify('concept' in result ? result.concept : { data: result.data, files: result.files });
  assertResultSize(json);
  return { resultId: 'concept' in result ? result.concept.id : taskId, json };
}

/** Completes a task within the running write. @throws ConceptError LEASE_LOST */
export function completeTask(session: Session, lease: Lease, result: TaskResult, written: WrittenResult): void {
  const { resultId, json } = written;
  const { partial } = result;
  const row = isHolderAlive(session, lease) ? session.one<LeasedRow>(SELECT_LEASED, ...fenceOf(lease)) : undefined;
  if (!row) throw leaseLost(lease);
  const { seq, userId, attempt, eventSeq } = row;
  const now = session.clock.now();
  session.run(COMPLETE, resultId, Number(partial), now, now, seq);
  if ('concept' in result) {
    insertConcept(session, result.concept);
    referConcept(session, seq, result.concept);
  } else {
    session.run(INSERT_RESULT, seq, json, checksumOf(json));
    referFiles(session, seq, result.files);
  }
  insertEvent(
    session,
    { taskSeq: seq, number: eventSeq + 1, attempt },
    { type: 'completed', data: { resultId, partial } },
  );
  countChange(session.effects, row, 'processing', 'completed');
  captureHold(session, seq, userId);
  unparkOne(session, userId);
}
