/** Everything the log can say about a task. */
export type TaskEventType =
  | 'submitted'
  | 'claimed'
  | 'stage.started'
  | 'stage.completed'
  | 'stage.failed'
  | 'rescheduled'
  | 'released'
  | 'lease.expired'
  | 'retried'
  | 'completed'
  | 'failed'
  | 'cancelled';

/** One append-only record about a task. `seq` counts from 1 per task without gaps. */
export interface TaskEvent {
  readonly taskId: string;
  readonly seq: number;
  readonly type: TaskEventType;
  readonly at: string;
  readonly attempt: number;
  /** `stage` and `durationMs` for stages, `workerId` for claims, `error` for failures, … */
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event as a worker reports it: the log adds task, attempt and sequence number. */
export interface NewTaskEvent extends Pick<TaskEvent, 'type' | 'data'> {
  /** When it happened; default: when it is written. */
  readonly at?: string;
}
