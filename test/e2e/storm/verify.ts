import { readFileSync } from 'node:fs';
import { chooseDriver, type SqliteDatabase } from '../../../src/adapters/stores/sqlite/driver.ts';
import { firstDisorder, type StoredEvent } from './event-order.ts';
import type { Traffic } from './traffic.ts';

/** What the database file itself says after the storm; nothing of the store's own code is asked. */
export interface Findings {
  readonly tasks: number;
  /** Accepted, and neither completed nor cancelled by their user. */
  readonly lost: number;
  /** Tasks with more than one `completed` event, or with more or fewer results than completions. */
  readonly completedTwice: number;
  /** Tasks whose events have a gap, are out of order or tell a story that cannot be. */
  readonly disordered: number;
  /** The first of these, for whoever has to find out. */
  readonly disorder: string | null;
  readonly executions: number;
  /** Of tasks that were completed: attempts that did not complete them. */
  readonly attemptsBurned: number;
  readonly integrity: string;
}

interface TaskRow {
  readonly seq: number;
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly event_seq: number;
  /** Number of the event of the claim that runs or that completed the task; such events are told by the row alone. */
  readonly lease_token: number | null;
  /** JSON of the result, when there is one. */
  readonly result: string | null;
}

export async function verify(file: string, log: string, traffic: Traffic): Promise<Findings> {
  const database = (await chooseDriver()).open(file);
  try {
    const rows = database
      .prepare(
        'SELECT seq, id, status, attempt, event_seq, lease_token, result FROM task LEFT JOIN task_result ON task_seq = seq ORDER BY seq',
      )
      .all() as TaskRow[];
    const stories = eventsOf(database, rows);
    const disorders = rows.flatMap((row) => firstDisorder(row, stories.get(row.seq) ?? []) ?? []);
    const completed = rows.filter(({ status }) => status === 'completed');
    return {
      tasks: rows.length,
      lost: countLost(rows, traffic),
      completedTwice: rows.filter((row) => !isCompletedAsOften(row, stories.get(row.seq) ?? [])).length,
      disordered: disorders.length,
      disorder: disorders[0] ?? null,
      executions: readFileSync(log, 'utf8').split('\n').length - 1,
      attemptsBurned: completed.reduce((burned, { attempt }) => burned + attempt - 1, 0),
      integrity: integrityOf(database),
    };
  } finally {
    database.close();
  }
}

function eventsOf(database: SqliteDatabase, rows: readonly TaskRow[]): ReadonlyMap<number, readonly StoredEvent[]> {
  const stories = new Map<number, StoredEvent[]>();
  const events = database.prepare('SELECT task_seq, seq, type, attempt FROM event ORDER BY task_seq, seq').all();
  for (const event of events as (StoredEvent & { readonly task_seq: number })[]) {
    const story = stories.get(event.task_seq);
    if (story) story.push(event);
    else stories.set(event.task_seq, [event]);
  }
  for (const { seq, status, attempt, event_seq: newest, lease_token: claim } of rows) {
    if (claim === null) continue;
    const told: StoredEvent[] = [{ seq: claim, type: 'claimed', attempt }];
    if (status === 'completed') told.push({ seq: newest, type: 'completed', attempt });
    stories.set(
      seq,
      [...(stories.get(seq) ?? []), ...told].toSorted((a, b) => a.seq - b.seq),
    );
  }
  return stories;
}

/** A task that was never asked for may be there (its submit was not answered), but none may be missing or stuck. */
function countLost(rows: readonly TaskRow[], { accepted, cancelled }: Traffic): number {
  const ended = new Map(rows.map(({ id, status }) => [id, status]));
  return [...accepted].filter((id) => ended.get(id) !== (cancelled.has(id) ? 'cancelled' : 'completed')).length;
}

/** Once when the task is completed, and by the attempt that wrote the result; never otherwise. */
function isCompletedAsOften({ status, result }: TaskRow, events: readonly StoredEvent[]): boolean {
  const completions = events.filter(({ type }) => type === 'completed');
  if (status !== 'completed') return completions.length === 0 && result === null;
  if (completions.length !== 1 || result === null) return false;
  return (JSON.parse(result) as { data: { attempt: number } }).data.attempt === completions[0]!.attempt;
}

function integrityOf(database: SqliteDatabase): string {
  const rows = database.prepare('PRAGMA integrity_check').all() as { readonly integrity_check: string }[];
  return rows.map(({ integrity_check: line }) => line).join('; ');
}
