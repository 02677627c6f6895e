import type { SqliteDatabase, SqlValue } from '../../../../src/adapters/stores/sqlite/driver.ts';
import { initial } from '../../../../src/adapters/stores/sqlite/migrations/0001-initial.ts';
import type { Concept } from '../../../../src/core/concept.ts';
import { type TaskStatus, type TaskType, WIRE_NAMES } from '../../../../src/core/task.ts';
import { generationInput, providerFailure } from '../../../contracts/fixtures.ts';

/** A task as the first version of the schema held it. */
export interface FirstTask {
  readonly id: string;
  readonly userId?: string;
  readonly type?: TaskType;
  readonly status: TaskStatus;
  readonly input?: unknown;
  readonly runAtMs?: number;
  readonly waiting?: boolean;
  readonly attempt?: number;
  readonly maxAttempts?: number;
  readonly hasError?: boolean;
  readonly batchId?: string;
  readonly key?: string;
  readonly resultId?: string;
  /** After `submitted`. */
  readonly events?: readonly string[];
}

export const CREATED_MS = Date.UTC(2025, 0, 1);

/** Writes a database as the first version left it. */
export function createFirstVersion(database: SqliteDatabase, tasks: readonly FirstTask[]): void {
  database.exec(`PRAGMA journal_mode = WAL; ${initial} PRAGMA application_id = ${0x434e4350}; PRAGMA user_version = 1`);
  for (const [index, task] of tasks.entries()) insertTask(database, index + 1, task);
  insert(database, 'worker', ['old-worker', 'worker', 'host', 1, null, CREATED_MS, CREATED_MS + 30_000, 0]);
}

export function insert(database: SqliteDatabase, table: string, values: readonly SqlValue[]): void {
  database.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
}

function insertTask(database: SqliteDatabase, seq: number, task: FirstTask): void {
  const { id, userId = 'u1', type = 'generation', status, input = generationInput(), events = [] } = task;
  const { attempt = 0, maxAttempts = 3, runAtMs = CREATED_MS, waiting = false, hasError = false } = task;
  const isLeased = status === 'processing';
  const isFinished = status === 'completed' || status === 'failed' || status === 'cancelled';
  insert(database, 'task', [
    seq,
    id,
    userId,
    WIRE_NAMES[type],
    status,
    Number(waiting),
    0,
    runAtMs,
    attempt,
    maxAttempts,
    isLeased ? `token-${seq}` : null,
    isLeased ? 'old-worker' : null,
    task.key ?? null,
    task.batchId ?? null,
    task.resultId ?? null,
    0,
    hasError ? JSON.stringify(providerFailure()) : null,
    null,
    null,
    CREATED_MS,
    CREATED_MS + 1,
    attempt > 0 ? CREATED_MS + 1 : null,
    isFinished ? CREATED_MS + 2 : null,
  ]);
  insert(database, 'task_input', [seq, typeof input === 'string' ? input : JSON.stringify(input), `hash-${id}`]);
  for (const [index, event] of ['submitted', ...events].entries()) {
    insert(database, 'event', [seq, index + 1, event, CREATED_MS + index, index === 0 ? 0 : 1, '{}']);
  }
}

export function insertConcept(database: SqliteDatabase, seq: number, concept: Concept): void {
  const { id, taskId, userId, logoDescription, themeDescription, image, scene, refinement, warnings } = concept;
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  insert(database, 'concept', [
    seq,
    id,
    taskId,
    userId,
    logoDescription,
    themeDescription,
    json(image),
    json(scene),
    json(refinement),
    json(warnings),
    Date.parse(concept.createdAt),
  ]);
  for (const [position, { palette, image: coloured }] of concept.variations.entries()) {
    const { name, colors, description, roles } = palette;
    const row = [seq, position, name, json(colors), description, json(roles ?? null), json(coloured)];
    insert(database, 'variation', row);
  }
}
