import type { TaskStore } from '../../../ports/task-store.ts';
import { countTasks } from './count-tasks.ts';
import { cancelTask, retryTask } from './change-by-owner.ts';
import { listTasks } from './list-tasks.ts';
import type { Session } from './session.ts';
import { submitTasks } from './submit.ts';
import { existingTask, visibleTask } from './visible-task.ts';

export function sqliteTaskStore(session: Session): TaskStore {
  return {
    submit: (task, options) => session.write(options, () => submitTasks(session, [task])[0]!),
    submitMany: (tasks, options) => session.write(options, () => submitTasks(session, tasks)),
    get: (taskId, options) => session.read(options, () => visibleTask(session, taskId, options)),
    list: (query, options) => session.read(options, () => listTasks(session, query)),
    cancel: (taskId, options) =>
      session.write(options, () => cancelTask(session, existingTask(session, taskId, options))),
    retry: (taskId, options) =>
      session.write(options, () => retryTask(session, existingTask(session, taskId, options))),
    counts: (query, options) => session.read(options, () => countTasks(session, query)),
  };
}
