import type { TaskEventType } from '../../../src/core/event.ts';

export interface StoredEvent {
  readonly seq: number;
  readonly type: TaskEventType;
  readonly attempt: number;
}

/** What may follow while nobody has the task, and while somebody has. `submitted` is the first event, which no row holds. */
const MAY_FOLLOW = {
  waiting: { claimed: 'running', cancelled: 'over' },
  running: {
    'stage.started': 'running',
    'stage.completed': 'running',
    'stage.failed': 'running',
    completed: 'over',
    failed: 'over',
    rescheduled: 'waiting',
    released: 'waiting',
    'lease.expired': 'waiting',
    cancelled: 'over',
  },
  over: { retried: 'waiting' },
} as const satisfies Record<string, Partial<Record<TaskEventType, string>>>;

type State = keyof typeof MAY_FOLLOW;

interface Told {
  readonly id: string;
  /** Number of the newest event. */
  readonly event_seq: number;
}

/** The first thing that is wrong with a task's story, in a sentence. */
export function firstDisorder(task: Told, events: readonly StoredEvent[]): string | undefined {
  let state: State = 'waiting';
  let attempt = 0;
  for (const [index, event] of events.entries()) {
    const at = `task ${task.id}, event ${event.seq} (${event.type})`;
    if (event.seq !== index + 2) return `${at}: expected number ${index + 2}`;
    const following: State | undefined = (MAY_FOLLOW[state] as Partial<Record<TaskEventType, State>>)[event.type];
    if (!following) return `${at}: cannot follow while the task is ${state}`;
    if (state === 'running' && event.attempt !== attempt) return `${at}: of attempt ${event.attempt} during ${attempt}`;
    if (event.type === 'claimed') attempt = event.attempt;
    state = following;
  }
  if (task.event_seq === events.length + 1) return undefined;
  return `task ${task.id} counts ${task.event_seq} events and has ${events.length + 1}`;
}
