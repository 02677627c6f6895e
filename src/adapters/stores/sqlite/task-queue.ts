import { type Delivery, SIGNAL, type TaskQueue } from '../../../ports/task-queue.ts';
import type { Session } from './session.ts';
import { nextDueAt } from './waiting-tasks.ts';

/** The bell and the due times wake at once; this bounds what an unknown reason to miss them can cost. */
const SAFETY_NET_MS = 5_000;

/** The queue that the task table itself is: it tells workers when to look, and the claim decides. */
export function sqliteTaskQueue(session: Session): TaskQueue {
  const closed = new AbortController();
  return {
    name: 'sqlite',
    flags: { delivers: 'signals', relayed: false },

    // The commit of a task is what publishes it; a bell more costs little, and finds a worker that missed the first.
    publish: async (messages) => {
      if (messages.length > 0) session.bells.work.ring();
    },

    receive: ({ signal }) => signals(session, AbortSignal.any([signal, closed.signal])),

    // What wakes workers is told with the store.
    diagnose: async () => ({ facts: { queue: 'sqlite' }, problems: [] }),

    close: async () => closed.abort(),
  };
}

async function* signals(session: Session, signal: AbortSignal): AsyncGenerator<Delivery> {
  while (!signal.aborted) {
    const seen = session.bells.work.version();
    const lookedAtMs = session.clock.now();
    yield SIGNAL;
    if (signal.aborted) return;
    await session.bells.work.wait(seen, await untilNextDueMs(session, lookedAtMs), signal);
  }
}

/** A task that fell due since the last look gives zero, once: the next look is later than its time. */
async function untilNextDueMs(session: Session, lookedAtMs: number): Promise<number> {
  try {
    const dueAt = await session.read(undefined, () => nextDueAt(session, lookedAtMs));
    return dueAt === undefined ? SAFETY_NET_MS : Math.min(SAFETY_NET_MS, Math.max(0, dueAt - session.clock.now()));
  } catch {
    // The store is away for the moment; the worker's own calls will say so.
    return SAFETY_NET_MS;
  }
}
