import type { NewTaskEvent } from '../../../core/event.ts';
import type { Session } from './session.ts';
import { msOf } from './time.ts';

const NEXT_NUMBER = 'UPDATE task SET event_seq = event_seq + 1 WHERE seq = ? RETURNING event_seq AS number';
const INSERT_EVENT = 'INSERT INTO event (task_seq, seq, type, at, attempt, data) VALUES (?, ?, ?, ?, ?, ?)';

/** Adds an event about an attempt of a task; part of the running write. */
export function appendEvent(session: Session, taskSeq: number, attempt: number, event: NewTaskEvent): void {
  const { number } = session.one<{ number: number }>(NEXT_NUMBER, taskSeq)!;
  insertEvent(session, { taskSeq, number, attempt }, event);
}

/** Where an event belongs. */
export interface EventPlace {
  readonly taskSeq: number;
  readonly number: number;
  readonly attempt: number;
  /** Unix milliseconds, default now. */
  readonly at?: number;
}

/** Writes an event whose number the task's row counts already. */
export function insertEvent(session: Session, place: EventPlace, event: NewTaskEvent): void {
  const { type, data } = event;
  const happenedAt = event.at === undefined ? session.clock.now() : msOf(event.at, 'at');
  const { taskSeq, number, attempt, at = happenedAt } = place;
  session.run(INSERT_EVENT, taskSeq, number, type, at, attempt, JSON.stringify(data));
  session.mark('done');
}
