import type { TaskError } from '../../../core/task.ts';
import { WIRE_NAMES } from '../../../core/task.ts';
import { insertEvent } from './append-event.ts';
import { refundHold } from './credit-ledger.ts';
import { countChange } from './effects.ts';
import type { Session } from './session.ts';
import { inputIsWhole, type PendingRow, typeOf } from './task-row.ts';

const FAIL = `
  UPDATE task SET status = 'failed', waiting = 0, error = ?, updated_at = ?, completed_at = ?, event_seq = event_seq + 1
  WHERE seq = ? RETURNING event_seq AS number`;

const DAMAGED_CHECKPOINT = 'SELECT 1 FROM checkpoint WHERE task_seq = ? AND NOT json_valid(data)';

/**
 * Whether all that a worker would act on is what was written. A task of which that is not so is failed: it blocks nobody.
 * A damaged checkpoint is not passed over either, it may be all that is known of a paid call.
 */
export function isWholeOrFailed(session: Session, row: PendingRow): boolean {
  if (!inputIsWhole(row)) return fail(session, row, 'the stored input does not fit its checksum');
  const hasStory = row.event_seq > 1;
  if (!hasStory || !session.one(DAMAGED_CHECKPOINT, row.seq)) return true;
  return fail(session, row, 'a stored checkpoint is damaged');
}

/** The task cannot be read as a whole: its row is. */
function fail(session: Session, row: PendingRow, message: string): false {
  const hint = 'submit the task again; check the disk and the database with: concept doctor';
  const error: TaskError = { code: 'STORE_CORRUPT', message, retryable: false, hint };
  const now = session.clock.now();
  const { number } = session.one<{ number: number }>(FAIL, JSON.stringify(error), now, now, row.seq)!;
  insertEvent(session, { taskSeq: row.seq, number, attempt: row.attempt }, { type: 'failed', data: { error } });
  countChange(session.effects, { type: WIRE_NAMES[typeOf(row)], batchId: row.batch_id }, 'pending', 'failed');
  refundHold(session, row.seq, row.user_id);
  // The claim has one task less than it asked for: there may be more.
  session.mark('work');
  return false;
}
