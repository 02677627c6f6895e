import { openSqlite, type SqliteBackend } from '../../src/adapters/stores/sqlite.ts';
import { chooseDriver, type SqliteDatabase } from '../../src/adapters/stores/sqlite/driver.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { TaskResult } from '../../src/ports/task-leases.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import type { CreateWorkerOptions } from '../../src/worker/worker-run.ts';
import type { Worker } from '../../src/worker/worker-types.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../adapters/stores/sqlite/temporary-directory.ts';
import { NO_PROVIDERS } from '../worker/no-providers.ts';

/** A database file of its own and what was opened on it. */
export interface Scene {
  readonly directory: TemporaryDirectory;
  readonly file: string;
  open(clock?: Clock): Promise<SqliteBackend>;
  /** A connection of its own, that knows nothing of the store's ways. */
  raw(): Promise<SqliteDatabase>;
  close(): Promise<void>;
}

export function newScene(): Scene {
  const directory = temporaryDirectory();
  const file = directory.file('concept.db');
  const closing: (() => Promise<void>)[] = [];
  return {
    directory,
    file,
    open: async (clock = systemClock) => {
      const backend = await openSqlite({ file, clock });
      closing.push(async () => {
        await backend.queue.close();
        await backend.store.close();
      });
      return backend;
    },
    raw: async () => {
      const database = (await chooseDriver()).open(file);
      database.exec('PRAGMA busy_timeout = 5000');
      closing.push(async () => database.close());
      return database;
    },
    close: async () => {
      for (const close of closing) await close();
      directory.remove();
    },
  };
}

type WorkerOptions = Partial<CreateWorkerOptions>;

export function startWorker({ store, queue }: SqliteBackend, options: WorkerOptions = {}): Worker {
  return createWorker({
    store,
    queue,
    processing: NO_PROVIDERS,
    processors: { generation: async () => plainResult() },
    logger: { log: () => undefined },
    concurrency: 2,
    leaseMs: 1_500,
    graceMs: 2_000,
    ...options,
  });
}

export function plainResult(data: Readonly<Record<string, unknown>> = {}): TaskResult {
  return { data, files: [], partial: false };
}

/** Resolves as soon as the check holds. @throws when it does not within the time. */
export async function within(limitMs: number, what: string, check: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
