import { checksumOf } from '../../../core/checksum.ts';
import { ConceptError } from '../../../core/errors.ts';
import type { ResultStore } from '../../../ports/result-store.ts';
import type { DataResult } from '../../../ports/task-leases.ts';
import type { Session } from './session.ts';

/** A result that holds nothing, as JSON: it has no row. */
export const EMPTY_RESULT = '{"data":{},"files":[]}';

const SELECT_RESULT = `
  SELECT coalesce(task_result.result, '${EMPTY_RESULT}') AS result, task_result.checksum, task.partial
  FROM task LEFT JOIN task_result ON task_result.task_seq = task.seq
  WHERE task.id = ? AND task.status = 'completed' AND NOT EXISTS (SELECT 1 FROM concept WHERE task_id = task.id)`;

interface ResultRow {
  readonly result: string;
  /** Null for an empty result. */
  readonly checksum: number | null;
  readonly partial: number;
}

export function sqliteResultStore(session: Session): ResultStore {
  return {
    get: (taskId, options) =>
      session.read(options, () => {
        const row = session.one<ResultRow>(SELECT_RESULT, taskId);
        if (!row) return undefined;
        if (row.checksum !== null && checksumOf(row.result) !== row.checksum) throw resultDamaged(taskId);
        const { data, files } = JSON.parse(row.result) as Omit<DataResult, 'partial'>;
        return { data, files, partial: row.partial === 1 };
      }),
  };
}

/** What is stored is not what was written. */
export function resultDamaged(taskId: string): ConceptError {
  return new ConceptError('STORE_CORRUPT', `the stored result of task ${taskId} does not fit its checksum`, {
    hint: `check the disk with: concept doctor; make the result again from the same input`,
  });
}
