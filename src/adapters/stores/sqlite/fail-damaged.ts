import type { TaskError } from '../../../core/task.ts';
import { WIRE_NAMES } from '../../../core/task.ts';
import { insertEvent } from './append-event.ts';
import { refundHold } from './credit-ledger.ts';
import { countChange } from './effects.ts';
import type { Session } from './session.ts';
import { type TaskRow, typeOf } from './task-row.ts';

const FAIL = `
  UPDATE task SET status = 'failed', waiting = 0, error = ?, updated_at = ?, completed_at = ?, event_seq = event_seq + 1
  WHERE seq = ? RETURNING event_seq AS number`;

const HINT = 'submit the task again; check the disk and the database with: concept doctor';

/** Fails a task that cannot be trusted, so that it blocks nobody. The task cannot be read as a whole: its row is. */
export function failDamaged(session: Session, row: TaskRow, what: string): void {
  const error: TaskError = { code: 'STORE_CORRUPT', message: `${what} damaged`, retryable: false, hint: HINT };
  const now = session.clock.now();
  const { number } = session.one<{ number: number }>(FAIL, JSON.stringify(error), now, now, row.seq)!;
  insertEvent(session, { taskSeq: row.seq, number, attempt: row.attempt }, { type: 'failed', data: { error } });
  countChange(session.effects, { type: WIRE_NAMES[typeOf(row)], batchId: row.batch_id }, row.status, 'failed');
  refundHold(session, row.seq, row.user_id);
}
