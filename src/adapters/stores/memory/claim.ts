import { ConceptError } from '../../../core/errors.ts';
import type { ProcessingTask } from '../../../core/task.ts';
import type { ClaimedTask, ClaimRequest } from '../../../ports/task-leases.ts';
import { changeTask } from './change-task.ts';
import { jsonCopy, type MemoryState, type TaskRow } from './state.ts';
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
  return [...state.tasks.values()]
    .filter((row) => isClaimable(state, row, request))
    .toSorted((a, b) => b.task.priority - a.task.priority || a.order - b.order)
    .slice(0, request.limit)
    .map((row) => claimRow(state, row, request.workerId));
}

function isClaimable(state: MemoryState, { task }: TaskRow, { types, taskId }: ClaimRequest): boolean {
  return (
    task.status === 'pending' &&
    Date.parse(task.runAt) <= state.clock.now() &&
    (taskId === undefined || task.id === taskId) &&
    (types === undefined || types.includes(task.type))
  );
}

function claimRow(state: MemoryState, row: TaskRow, workerId: string): ClaimedTask {
  const token = Buffer.from(state.clock.randomBytes(TOKEN_BYTES)).toString('hex');
  const change = { kind: 'claim', token, workerId } as const;
  const task = changeTask(state, row, change, { type: 'claimed', data: { workerId } }) as ProcessingTask;
  const checkpoints = jsonCopy(state.checkpoints.get(task.id) ?? []);
  return { task, lease: { taskId: task.id, token, workerId }, checkpoints };
}
