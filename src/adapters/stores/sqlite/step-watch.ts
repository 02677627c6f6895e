import type { CallOptions } from '../../../ports/task-store.ts';
import type { Session } from './session.ts';

/** Smaller differences are drift, which time servers correct all the time. */
const STEP_MS = 1_000;

/** Tasks freed in one transaction: others get the lock between two of them. */
const FREED_AT_ONCE = 500;

/** From a time on: those before it are due already, or were just freed. */
const SELECT_STRANDED = `
  SELECT seq, run_at AS runAt FROM task WHERE waiting = 1 AND run_at >= ? AND error IS NOT NULL AND updated_at > ?
  ORDER BY run_at LIMIT ?`;
const FREE = 'UPDATE task SET run_at = ? WHERE waiting = 1 AND seq IN (SELECT value FROM json_each(?))';

interface StrandedRow {
  readonly seq: number;
  readonly runAt: number;
}

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
      await freeStranded(session, options);
    },
  };
}

async function freeStranded(session: Session, options: CallOptions | undefined): Promise<void> {
  const now = session.clock.now();
  const stranded = (fromMs: number): readonly StrandedRow[] =>
    session.all<StrandedRow>(SELECT_STRANDED, fromMs, now + STEP_MS, FREED_AT_ONCE);
  for (let fromMs = now + 1; ;) {
    const rows = await session.read(options, () => stranded(fromMs));
    if (rows.length === 0) return;
    await session.write(options, () => {
      session.run(FREE, now, JSON.stringify(rows.map(({ seq }) => seq)));
      session.mark('work');
    });
    if (rows.length < FREED_AT_ONCE) return;
    fromMs = rows.at(-1)!.runAt;
  }
}
