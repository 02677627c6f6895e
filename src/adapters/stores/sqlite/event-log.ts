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
const SELECT_CREATED = 'SELECT created_at AS createdAt FROM task WHERE id = ?';

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
      session.read(options, () => {
        const first = afterSeq < 1 && limit > 0 ? submission(session, taskId) : [];
        const rows = session.all<EventRow>(SELECT_EVENTS, taskId, afterSeq, limit - first.length);
        return [...first, ...rows.map((row) => eventOf(taskId, row))];
      }),
    news: createNews(session.bells.done),
  };
}

/** The first event of every task follows from its row, so it is stored nowhere else. */
function submission(session: Session, taskId: string): readonly TaskEvent[] {
  const row = session.one<{ createdAt: number }>(SELECT_CREATED, taskId);
  return row ? [{ taskId, seq: 1, type: 'submitted', at: isoOf(row.createdAt), attempt: 0, data: {} }] : [];
}

function eventOf(taskId: string, { seq, type, at, attempt, data }: EventRow): TaskEvent {
  return { taskId, seq, type: type as TaskEventType, at: isoOf(at), attempt, data: JSON.parse(data) };
}
