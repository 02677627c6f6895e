import type { NewTaskEvent } from '../../../core/event.ts';
import type { EventLog } from '../../../ports/event-log.ts';
import { jsonCopy, type MemoryState, timestamp, transact, write } from './state.ts';

const DEFAULT_LIMIT = 1_000;

export function memoryEventLog(state: MemoryState): EventLog {
  return {
    list: ({ taskId, afterSeq = 0, limit = DEFAULT_LIMIT }, options) =>
      transact(state, options, () => {
        const events = state.events.get(taskId) ?? [];
        return jsonCopy(events.filter((event) => event.seq > afterSeq).slice(0, limit));
      }),
    news: (timeoutMs, options) => state.news.wait(timeoutMs, options),
  };
}

/** Adds an event about an attempt of a task; part of the running transaction. */
export function appendEvent(state: MemoryState, taskId: string, attempt: number, event: NewTaskEvent): void {
  const earlier = state.events.get(taskId) ?? [];
  const { type, data, at = timestamp(state) } = jsonCopy(event);
  const added = { taskId, seq: earlier.length + 1, type, at, attempt, data };
  write(state, state.events, taskId, [...earlier, added]);
}
