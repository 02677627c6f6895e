import type { NewTaskEvent } from '../../../core/event.ts';
import type { Session } from './session.ts';

/** The next number of the task comes from its newest event: one look at the end of the primary key. */
const INSERT_EVENT = `
  INSERT INTO event (task_seq, seq, type, at, attempt, data)
  SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3, ?4, ?5 FROM event WHERE task_seq = ?1`;

/** Adds an event about an attempt of a task; part of the running transaction. */
export function appendEvent(session: Session, taskSeq: number, attempt: number, { type, data }: NewTaskEvent): void {
  session.run(INSERT_EVENT, taskSeq, type, session.clock.now(), attempt, JSON.stringify(data));
  session.mark('done');
}
