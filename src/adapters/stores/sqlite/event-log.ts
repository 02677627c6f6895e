import type { TaskEvent, TaskEventType } from '../../../core/event.ts';
import type { EventLog } from '../../../ports/event-log.ts';
import { createNews } from './news.ts';
import type { Session } from './session.ts';
import { isoOf } from './time.ts';

const DEFAULT_LIMIT = 1_000;

const SELECT_EVENTS = `
  SELECT event.seq, event.type, event.at, event.attempt, event.data
  FROM event JOIN task ON task.seq = event.task_seq
  WHERE task.id = ? AND event.seq > ? ORDER BY event.seq LIMIT ?`;

interface EventRow {
  readonly seq: number;
  readonly type: string;
  readonly at: number;
  readonly attempt: number;
  readonly data: string;
}

export function sqliteEventLog(session: Session): EventLog {
  return {
    list: ({ taskId, afterSeq = 0, limit = DEFAULT_LIMIT }, options) =>
      session.read(options, () =>
        session.all<EventRow>(SELECT_EVENTS, taskId, afterSeq, limit).map((row) => eventOf(taskId, row)),
      ),
    news: createNews(session.bells.done),
  };
}

function eventOf(taskId: string, { seq, type, at, attempt, data }: EventRow): TaskEvent {
  return { taskId, seq, type: type as TaskEventType, at: isoOf(at), attempt, data: JSON.parse(data) };
}
