import type { Session } from './session.ts';

/** What tasks are counted by; it never changes in a task's life. */
export interface TaskKind {
  /** Wire name. */
  readonly type: string;
  readonly batchId: string | null;
}

export interface CountedKind extends TaskKind {
  readonly count: number;
}

/** The kinds of tasks that this process has claimed and not ended yet, by task id: a hint that saves reading them again. */
export type KnownKinds = Map<string, TaskKind>;

/** More than a worker has under way: what was lost or failed is forgotten with the rest at some time. */
const MAX_KNOWN = 10_000;

const COUNT_KINDS = `
  SELECT type, batch_id AS batchId, count(*) AS count FROM task WHERE seq IN (SELECT value FROM json_each(?))
  GROUP BY type, batch_id`;

export function rememberKinds(
  known: KnownKinds,
  rows: readonly { readonly id: string; readonly type: string; readonly batch_id: string | null }[],
): void {
  if (known.size + rows.length > MAX_KNOWN) known.clear();
  let kind: TaskKind | undefined;
  for (const { id, type, batch_id: batchId } of rows) {
    // Of many rows, most are alike: they share what is remembered.
    if (kind?.type !== type || kind.batchId !== batchId) kind = { type, batchId };
    known.set(id, kind);
  }
}

/** How many of these tasks there are of each kind (some kinds may come more than once); they end now, and are forgotten. */
export function takeKinds(session: Session, seqs: ReadonlySet<number>, ids: readonly string[]): readonly CountedKind[] {
  const counts = new Map<TaskKind, number>();
  for (const id of ids) {
    const kind = session.kinds.get(id);
    if (!kind) return session.all<CountedKind>(COUNT_KINDS, JSON.stringify([...seqs]));
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    session.kinds.delete(id);
  }
  return Array.from(counts, ([kind, count]) => ({ ...kind, count }));
}
