import { ConceptError, invalidInput } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { CreditBalance, CreditLedger } from '../../../ports/credit-ledger.ts';
import type { Session } from './session.ts';

const INSERT_GRANT =
  'INSERT INTO credit_grant (user_id, key, amount, granted_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
const OPEN_ACCOUNT = 'INSERT INTO credit_account (user_id, available, held) VALUES (?, 0, 0) ON CONFLICT DO NOTHING';
const MOVE = 'UPDATE credit_account SET available = available + ?, held = held + ? WHERE user_id = ?';
const SELECT_BALANCE = 'SELECT available, held FROM credit_account WHERE user_id = ?';
const INSERT_HOLD = 'INSERT INTO credit_hold (task_seq, amount) VALUES (?, ?)';
const TAKE_HOLD = 'DELETE FROM credit_hold WHERE task_seq = ? RETURNING amount';

export function sqliteCreditLedger(session: Session): CreditLedger {
  return {
    grant: ({ userId, amount, key }, options) =>
      session.write(options, () => {
        if (!Number.isSafeInteger(amount) || amount < 1) {
          throw invalidInput('amount', `expected a whole number from 1, received ${amount}`);
        }
        if (session.run(INSERT_GRANT, userId, key, amount, session.clock.now()) > 0) {
          session.run(OPEN_ACCOUNT, userId);
          session.run(MOVE, amount, 0, userId);
        }
        return balanceOf(session, userId);
      }),
    balance: (userId, options) => session.read(options, () => balanceOf(session, userId)),
  };
}

/** Holds a task's credits; nothing while credits are off. @throws ConceptError INSUFFICIENT_CREDITS */
export function holdCredits(session: Session, seq: number, task: Pick<Task, 'userId' | 'type'>): void {
  const cost = session.costs?.[task.type] ?? 0;
  if (cost === 0) return;
  const { available } = balanceOf(session, task.userId);
  if (available < cost) {
    throw new ConceptError(
      'INSUFFICIENT_CREDITS',
      `user ${task.userId} has ${available} credits, a ${task.type} task costs ${cost}`,
      { hint: 'grant more credits, or wait until running tasks release theirs' },
    );
  }
  session.run(INSERT_HOLD, seq, cost);
  session.run(MOVE, -cost, cost, task.userId);
}

/** Spends what a completed task holds. */
export function captureHold(session: Session, seq: number, userId: string): void {
  const held = takeHold(session, seq);
  if (held > 0) session.run(MOVE, 0, -held, userId);
}

/** Gives back what a task holds; a task without a hold (already refunded) is left alone. */
export function refundHold(session: Session, seq: number, userId: string): void {
  const held = takeHold(session, seq);
  if (held > 0) session.run(MOVE, held, -held, userId);
}

function takeHold(session: Session, seq: number): number {
  // Credits may have been switched off since: what is held then is still settled.
  if (!hasHolds(session)) return 0;
  return session.one<{ amount: number }>(TAKE_HOLD, seq)?.amount ?? 0;
}

/** Whether a task that ends may have a hold to settle, within the running write. */
export function hasHolds(session: Session): boolean {
  if (session.costs !== undefined) return true;
  return session.once('holds', () => session.one('SELECT 1 FROM credit_hold LIMIT 1') !== undefined);
}

function balanceOf(session: Session, userId: string): CreditBalance {
  const row = session.one<CreditBalance>(SELECT_BALANCE, userId);
  return { available: row?.available ?? 0, held: row?.held ?? 0 };
}
