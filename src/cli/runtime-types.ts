import type { Runtime } from '../config/runtime.ts';
import type { BatchesResource } from '../sdk/batches.ts';
import type { MaintenanceResource } from '../sdk/maintenance.ts';
import type { TasksResource } from '../sdk/tasks.ts';

export type { Runtime } from '../config/runtime.ts';

export type Worker = Awaited<ReturnType<Runtime['createWorker']>>;
export type RunWorkerOptions = Parameters<Worker['run']>[0];
/** How one attempt ended. */
export type AttemptReport = Parameters<NonNullable<RunWorkerOptions['onAttempt']>>[0];
export type WorkerSummary = Awaited<ReturnType<Worker['run']>>;
export type LiveWorker = Awaited<ReturnType<Runtime['workers']['live']>>[number];
export type TaskCounts = Awaited<ReturnType<TasksResource['counts']>>;
export type Problem = Awaited<ReturnType<MaintenanceResource['diagnose']>>['problems'][number];
export type BatchSummary = Awaited<ReturnType<BatchesResource['get']>>;
