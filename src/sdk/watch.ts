import { abortError } from '../core/abort.ts';
import type { TaskEvent } from '../core/event.ts';
import { isFinal } from '../core/task.ts';
import { boundsOf, type CallSettings } from './call-options.ts';
import { taskNotFound } from './not-found.ts';
import type { TaskReader } from './wait.ts';

const RECHECK_MS = 1_000;
const PAGE = 500;

/** See `TasksResource.watch`. */
export async function* watchTask(
  taskId: string,
  { store, userId }: TaskReader,
  settings: CallSettings & { readonly afterSeq?: number } = {},
): AsyncGenerator<TaskEvent> {
  const { stop } = boundsOf(settings);
  let afterSeq = settings.afterSeq ?? 0;
  const reader = {};
  for (;;) {
    // The state is read before the events: a final state seen here means that the events read next are all there are.
    const task = await store.tasks.get(taskId, { userId, signal: stop });
    if (!task) throw taskNotFound(taskId);
    const events = await store.events.list({ taskId, afterSeq, limit: PAGE }, { signal: stop });
    for (const event of events) {
      afterSeq = event.seq;
      yield event;
    }
    if (events.length === PAGE) continue;
    if (isFinal(task)) return;
    if (stop?.aborted) throw abortError(stop);
    await store.events.news(RECHECK_MS, { signal: stop, reader });
  }
}
