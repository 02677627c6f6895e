import type { TaskError } from '../../../core/task.ts';
import type { Outbox, RefusalOutcome, TakeRequest } from '../../../ports/outbox.ts';
import type { TaskMessage } from '../../../ports/task-queue.ts';
import { changeTask, replaceTask } from './change-task.ts';
import { refundCredits } from './credit-ledger.ts';
import { isDue } from './due.ts';
import { jsonCopy, type MemoryState, type TaskRow, timestamp, transact } from './state.ts';

export function memoryOutbox(state: MemoryState): Outbox {
  return {
    take: (request, options) => transact(state, options, () => takeUnpublished(state, request)),
    giveBack: (taskIds, options) => transact(state, options, () => mark(state, taskIds, null)),
    published: (taskIds, options) => transact(state, options, () => mark(state, taskIds, timestamp(state))),
    refuse: ({ taskId, error }, options) => transact(state, options, () => refuseTask(state, taskId, error)),
  };
}

function takeUnpublished(state: MemoryState, request: TakeRequest): readonly TaskMessage[] {
  const rows = [...state.tasks.values()].filter((row) => isToPublish(state, row, request));
  const taken = rows.toSorted(byLastPublish).slice(0, request.limit);
  for (const row of taken) setPublished(state, row, timestamp(state));
  return taken.map(({ task }) => ({
    taskId: task.id,
    userId: task.userId,
    type: task.type,
    input: jsonCopy(task.input),
  }));
}

function isToPublish(state: MemoryState, { task }: TaskRow, request: TakeRequest): boolean {
  if (task.status !== 'pending' || !isDue(state, task)) return false;
  const { publishedAt, runAt, updatedAt } = task;
  if (publishedAt === null) return isPast(state, updatedAt, request.unpublishedForMs);
  return Date.parse(publishedAt) < Date.parse(runAt) || isPast(state, publishedAt, request.republishAfterMs);
}

/** A time in the future is of a wall clock that was set back since: no sooner does it come to pass than any other. */
function isPast(state: MemoryState, at: string, forMs: number): boolean {
  return Math.abs(state.clock.now() - Date.parse(at)) >= forMs;
}

function byLastPublish(a: TaskRow, b: TaskRow): number {
  return Date.parse(a.task.publishedAt ?? '1970') - Date.parse(b.task.publishedAt ?? '1970') || a.order - b.order;
}

function mark(state: MemoryState, taskIds: readonly string[], publishedAt: string | null): void {
  for (const id of taskIds) {
    const row = state.tasks.get(id);
    if (row?.task.status === 'pending') setPublished(state, row, publishedAt);
  }
}

function setPublished(state: MemoryState, row: TaskRow, publishedAt: string | null): void {
  replaceTask(state, row, { ...row.task, publishedAt });
}

function refuseTask(state: MemoryState, taskId: string, error: TaskError): RefusalOutcome {
  const row = state.tasks.get(taskId);
  if (!row) return 'unknown';
  if (row.task.status !== 'pending') return 'left';
  refundCredits(state, changeTask(state, row, { kind: 'refuse', error }, { type: 'failed', data: { error } }));
  return 'failed';
}
