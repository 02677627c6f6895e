import { ConceptError } from '../../../core/errors.ts';
import type { ProcessingTask, Task } from '../../../core/task.ts';
import type { ClaimedTask, ClaimRequest } from '../../../ports/task-leases.ts';
import { changeTask } from './change-task.ts';
import { roomFor } from './claim-limits.ts';
import { isDue } from './due.ts';
import { jsonCopy, type MemoryState, type TaskRow } from './state.ts';
import { giveDueTurns, serveTurn } from './turns.ts';
import { liveWorker } from './worker-registry.ts';

/** 128 bits: a token is never guessed nor met twice. */
const TOKEN_BYTES = 16;

/** Claims within the running transaction. @throws LEASE_LOST for a worker that is not alive. */
export function claimTasks(state: MemoryState, request: ClaimRequest): readonly ClaimedTask[] {
  if (!liveWorker(state, request.workerId)) {
    throw new ConceptError('LEASE_LOST', `the registration of worker ${request.workerId} has run out`, {
      hint: 'register under a new worker id and claim again',
    });
  }
  giveDueTurns(state);
  const { limit, ahead = 0 } = request;
  const claimed: ClaimedTask[] = [];
  while (claimed.length < limit + ahead) {
    const isAhead = claimed.length >= limit;
    const next = nextOf(claimableRows(state, request, isAhead));
    if (!next) break;
    claimed.push(claimRow(state, { ...next, provider: request.provider, ahead: isAhead }, request.workerId));
  }
  return claimed;
}

function claimableRows(state: MemoryState, request: ClaimRequest, isAhead: boolean): readonly TaskRow[] {
  const { types, taskId } = request;
  const hasRoom = roomFor(state, request);
  return [...state.tasks.values()].filter(
    ({ task }) =>
      task.status === 'pending' &&
      isDue(state, task) &&
      (taskId === undefined || task.id === taskId) &&
      (types === undefined || types.includes(task.type)) &&
      (!isAhead || neverRan(task)) &&
      hasRoom(task),
  );
}

function neverRan({ attempt, error }: Task): boolean {
  return attempt === 0 && error === null;
}

/** The most urgent is next, then the users in turn, then the task submitted first. */
function nextOf(rows: readonly TaskRow[]): TaskRow | undefined {
  let next: TaskRow | undefined;
  for (const row of rows) if (!next || byTurn(row, next) < 0) next = row;
  return next;
}

function byTurn(a: TaskRow, b: TaskRow): number {
  return b.task.priority - a.task.priority || a.turn - b.turn || a.order - b.order;
}

function claimRow(state: MemoryState, row: TaskRow, workerId: string): ClaimedTask {
  const token = Buffer.from(state.clock.randomBytes(TOKEN_BYTES)).toString('hex');
  const change = { kind: 'claim', token, workerId } as const;
  const task = changeTask(state, row, change, { type: 'claimed', data: { workerId } }) as ProcessingTask;
  serveTurn(state, row);
  const checkpoints = jsonCopy(state.checkpoints.get(task.id) ?? []);
  return { task, lease: { taskId: task.id, token, workerId }, checkpoints };
}
