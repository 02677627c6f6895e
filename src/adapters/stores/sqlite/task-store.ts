import { ConceptError } from '../../../core/errors.ts';
import type { CallOptions, TaskStore } from '../../../ports/task-store.ts';
import { changeTask } from './change-task.ts';
import { countTasks } from './count-tasks.ts';
import { holdCredits, refundCredits } from './credit-ledger.ts';
import { listTasks } from './list-tasks.ts';
import type { Session } from './session.ts';
import { submitTask } from './submit.ts';
import { SELECT_TASK, type StoredTask, storedTaskOf, type TaskRow } from './task-row.ts';

const SELECT_BY_ID = `${SELECT_TASK} WHERE task.id = ?`;

type Visibility = CallOptions & { readonly userId?: string | undefined };

export function sqliteTaskStore(session: Session): TaskStore {
  return {
    submit: (task, options) => session.write(options, () => submitTask(session, task)),
    submitMany: (tasks, options) => session.write(options, () => tasks.map((task) => submitTask(session, task))),
    get: (taskId, options) => session.read(options, () => visibleTask(session, taskId, options)?.task),
    list: (query, options) => session.read(options, () => listTasks(session, query)),

    cancel: (taskId, options) =>
      session.write(options, () => {
        const stored = existingTask(session, taskId, options);
        const task = changeTask(session, stored, { kind: 'cancel' }, { type: 'cancelled', data: {} });
        refundCredits(session, stored);
        return task;
      }),

    retry: (taskId, options) =>
      session.write(options, () => {
        const stored = existingTask(session, taskId, options);
        const task = changeTask(session, stored, { kind: 'retry' }, { type: 'retried', data: {} });
        holdCredits(session, stored.seq, task);
        return task;
      }),

    counts: (query, options) => session.read(options, () => countTasks(session, query)),
  };
}

function visibleTask(session: Session, taskId: string, options: Visibility | undefined): StoredTask | undefined {
  const row = session.one<TaskRow>(SELECT_BY_ID, taskId);
  const isForeign = options?.userId !== undefined && row?.user_id !== options.userId;
  return row && !isForeign ? storedTaskOf(row) : undefined;
}

function existingTask(session: Session, taskId: string, options: Visibility | undefined): StoredTask {
  const stored = visibleTask(session, taskId, options);
  if (stored) return stored;
  throw new ConceptError('TASK_NOT_FOUND', `there is no task ${taskId}`, { hint: 'list tasks with: concept list' });
}
