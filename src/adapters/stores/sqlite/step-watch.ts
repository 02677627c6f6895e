import type { CallOptions } from '../../../ports/task-store.ts';
import type { Session } from './session.ts';

/** Smaller differences are drift, which time servers correct all the time. */
const STEP_MS = 1_000;

const SELECT_STRANDED = 'SELECT 1 FROM task WHERE waiting = 1 AND error IS NOT NULL AND updated_at > ? LIMIT 1';
const FREE_STRANDED = 'UPDATE task SET run_at = ? WHERE waiting = 1 AND error IS NOT NULL AND updated_at > ?';

export interface StepWatch {
  /**
   * After the wall clock was set back, a retry that was to wait for seconds would wait for as long as the clock was set back: those
   * that were written in what is now the future become due. Looks at them only once per session and after a step.
   */
  mend(session: Session, options: CallOptions | undefined): Promise<void>;
}

export function createStepWatch(): StepWatch {
  const offsets = new WeakMap<Session, number>();
  return {
    mend: async (session, options) => {
      const offset = session.clock.now() - session.clock.monotonic();
      const before = offsets.get(session);
      offsets.set(session, offset);
      if (before !== undefined && offset > before - STEP_MS) return;
      const latest = session.clock.now() + STEP_MS;
      if (!(await session.read(options, () => session.one(SELECT_STRANDED, latest)))) return;
      await session.write(options, () => {
        session.run(FREE_STRANDED, session.clock.now(), latest);
        session.mark('work');
      });
    },
  };
}
