import { ConceptError, invalidInput } from '../../../core/errors.ts';
import type { Task } from '../../../core/task.ts';
import type { CreditBalance, CreditLedger } from '../../../ports/credit-ledger.ts';
import { type MemoryState, transact, write } from './state.ts';

export function memoryCreditLedger(state: MemoryState): CreditLedger {
  return {
    grant: ({ userId, amount, key }, options) =>
      transact(state, options, () => {
        if (!Number.isSafeInteger(amount) || amount < 1) {
          throw invalidInput('amount', `expected a whole number from 1, received ${amount}`);
        }
        const grantId = JSON.stringify([userId, key]);
        if (state.grants.has(grantId)) return balanceOf(state, userId);
        write(state, state.grants, grantId, amount);
        return move(state, userId, { available: amount, held: 0 });
      }),
    balance: (userId, options) => transact(state, options, () => balanceOf(state, userId)),
  };
}

/** Holds a task's credits; nothing while credits are off. @throws INSUFFICIENT_CREDITS */
export function holdCredits(state: MemoryState, task: Pick<Task, 'id' | 'userId' | 'type'>): void {
  const cost = state.costs?.[task.type] ?? 0;
  if (cost === 0) return;
  const { available } = balanceOf(state, task.userId);
  if (available < cost) {
    throw new ConceptError(
      'INSUFFICIENT_CREDITS',
      `user ${task.userId} has ${available} credits, a ${task.type} task costs ${cost}`,
      { hint: 'grant more credits, or wait until running tasks release theirs' },
    );
  }
  write(state, state.holds, task.id, cost);
  move(state, task.userId, { available: -cost, held: cost });
}

/** Spends what a completed task holds. */
export function captureCredits(state: MemoryState, task: Task): void {
  const held = takeHold(state, task);
  if (held > 0) move(state, task.userId, { available: 0, held: -held });
}

/** Gives back what a task holds; a task without a hold (already refunded) is left alone. */
export function refundCredits(state: MemoryState, task: Task): void {
  const held = takeHold(state, task);
  if (held > 0) move(state, task.userId, { available: held, held: -held });
}

function takeHold(state: MemoryState, task: Task): number {
  const held = state.holds.get(task.id) ?? 0;
  if (held > 0) write(state, state.holds, task.id, undefined);
  return held;
}

function balanceOf(state: MemoryState, userId: string): CreditBalance {
  return state.balances.get(userId) ?? { available: 0, held: 0 };
}

function move(state: MemoryState, userId: string, change: CreditBalance): CreditBalance {
  const before = balanceOf(state, userId);
  const after = { available: before.available + change.available, held: before.held + change.held };
  write(state, state.balances, userId, after);
  return after;
}
