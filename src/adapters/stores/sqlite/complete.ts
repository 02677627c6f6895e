import type { Lease } from '../../../core/task.ts';
import type { ConceptResult } from '../../../ports/task-leases.ts';
import { referConcept } from './blob-refs.ts';
import { insertConcept } from './concept-store.ts';
import { captureHold } from './credit-ledger.ts';
import { countChange } from './effects.ts';
import { FENCE, leaseLost, requireFence } from './lease.ts';
import { unparkOne } from './parked-tasks.ts';
import type { Session } from './session.ts';

const SELECT_LEASED = `
  SELECT seq, type, user_id AS userId, batch_id AS batchId FROM task WHERE ${FENCE}`;
/** The transition `complete`. The lease stays written: the events of the last claim and of the end follow from it. */
const COMPLETE = `
  UPDATE task SET status = 'completed', result_id = nullif(?1, id), partial = ?2,
    error = NULL, held = 0, updated_at = ?3, completed_at = ?3, event_seq = event_seq + 1
  WHERE seq = ?4`;

interface LeasedRow {
  readonly seq: number;
  readonly type: string;
  readonly userId: string;
  readonly batchId: string | null;
}

/** Completes a task with its concept within the running write. @throws ConceptError LEASE_LOST */
export function completeTask(session: Session, lease: Lease, { concept, partial }: ConceptResult): void {
  const row = session.one<LeasedRow>(SELECT_LEASED, ...requireFence(session, lease));
  if (!row) throw leaseLost(lease);
  const { seq, userId } = row;
  session.run(COMPLETE, concept.id, Number(partial), session.clock.now(), seq);
  insertConcept(session, concept);
  referConcept(session, seq, concept);
  session.mark('done');
  countChange(session.effects, row, 'processing', 'completed');
  captureHold(session, seq, userId);
  unparkOne(session, userId);
}
