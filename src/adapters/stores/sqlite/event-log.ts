import type { TaskEvent, TaskEventType } from '../../../core/event.ts';
import type { EventLog } from '../../../ports/event-log.ts';
import { BOUND_LIMIT } from './bound-limit.ts';
import { createNews } from './news.ts';
import type { Session } from './session.ts';
import { isoOf } from './time.ts';

const DEFAULT_LIMIT = 1_000;

const SELECT_EVENTS = `
  SELECT seq, type, at, attempt, data FROM event WHERE task_seq = ? AND seq > ? ORDER BY seq ${BOUND_LIMIT}`;
const SELECT_STORY = `
  SELECT task.seq AS taskSeq, task.id, task.status, task.attempt, task.created_at AS createdAt, task.started_at AS startedAt,
    task.completed_at AS completedAt, task.lease_token AS claim, task.event_seq AS newest, task.partial,
    coalesce(task.result_id, task.id) AS resultId, worker.id AS workerId
  FROM task LEFT JOIN worker ON worker.seq = task.lease_owner WHERE task.id = ?`;

interface EventRow {
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly attempt: number;
  readonly data: string;
}

/** What the row of a task tells of its events. */
interface StoryRow {
  readonly taskSeq: number;
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly completedAt: number;
  /** Number of the event of the claim that is still written on the row. */
  readonly claim: number | null;
  readonly newest: number;
  readonly partial: number;
  readonly resultId: string;
  readonly workerId: string | null;
}

/**
 * Three events that every task has follow from its row, so that its ordinary way writes none of them: its submission, the claim of
 * the attempt that runs or that completed it, and its completion. A claim whose attempt ends in any other way is written then.
 */
export function sqliteEventLog(session: Session): EventLog {
  return {
    list: ({ taskId, afterSeq = 0, limit = DEFAULT_LIMIT }, options) =>
      session.read(options, () => {
        const story = session.one<StoryRow>(SELECT_STORY, taskId);
        if (!story) return [];
        const stored = session.all<EventRow>(SELECT_EVENTS, story.taskSeq, afterSeq, limit);
        const told = toldEvents(story).filter(({ seq }) => seq > afterSeq);
        return [...told, ...stored.map((row) => eventOf(taskId, row))]
          .toSorted((a, b) => a.seq - b.seq)
          .slice(0, limit);
      }),
    news: createNews(session.bells.done),
  };
}

function toldEvents(story: StoryRow): readonly TaskEvent[] {
  const { id: taskId, attempt, claim, newest } = story;
  const submitted: TaskEvent = {
    taskId,
    seq: 1,
    type: 'submitted',
    at: isoOf(story.createdAt),
    attempt: 0,
    data: {},
  };
  // The number 0 is that of leases from before events were told this way.
  if (!claim) return [submitted];
  const { workerId, startedAt } = story;
  const claimed: TaskEvent = { taskId, seq: claim, type: 'claimed', at: isoOf(startedAt), attempt, data: { workerId } };
  if (story.status !== 'completed') return [submitted, claimed];
  const data = { resultId: story.resultId, partial: story.partial === 1 };
  return [submitted, claimed, { taskId, seq: newest, type: 'completed', at: isoOf(story.completedAt), attempt, data }];
}

function eventOf(taskId: string, { seq, type, at, attempt, data }: EventRow): TaskEvent {
  return { taskId, seq, type: type as TaskEventType, at: isoOf(at), attempt, data: JSON.parse(data) };
}
