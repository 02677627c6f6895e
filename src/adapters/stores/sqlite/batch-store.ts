import type { Batch, BatchStore } from '../../../ports/batch-store.ts';
import { countTasks } from './count-tasks.ts';
import type { Session } from './session.ts';
import { isoOf } from './time.ts';

const INSERT_BATCH = 'INSERT INTO batch (id, user_id, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
const SELECT_BY_NAME = 'SELECT * FROM batch WHERE user_id = ? AND name = ?';
/** An id is found before a name that looks like one. */
const SELECT_ANY = `
  SELECT * FROM batch WHERE (id = ?1 OR name = ?1) AND (?2 IS NULL OR user_id = ?2)
  ORDER BY id = ?1 DESC, created_at DESC LIMIT 1`;

interface BatchRow {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly created_at: number;
}

export function sqliteBatchStore(session: Session): BatchStore {
  return {
    open: ({ id, userId, name }, options) =>
      session.write(options, () => {
        session.run(INSERT_BATCH, id, userId, name, session.clock.now());
        return batchOf(session.one<BatchRow>(SELECT_BY_NAME, userId, name)!);
      }),

    get: (idOrName, options) =>
      session.read(options, () => {
        const row = session.one<BatchRow>(SELECT_ANY, idOrName, options?.userId ?? null);
        if (!row) return undefined;
        const counts = countTasks(session, { batchId: row.id });
        const { pending, processing, completed, failed, cancelled } = counts;
        return { ...batchOf(row), total: pending + processing + completed + failed + cancelled, counts };
      }),
  };
}

function batchOf({ id, user_id: userId, name, created_at: createdAt }: BatchRow): Batch {
  return { id, userId, name, createdAt: isoOf(createdAt) };
}
