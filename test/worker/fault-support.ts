import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { memoryBlobs } from '../../src/adapters/blobs/memory.ts';
import { httpImageFetcher } from '../../src/adapters/fetchers/http.ts';
import { openSqlite, type SqliteBackend } from '../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { DEFAULT_IMAGE_LIMITS } from '../../src/core/image-limits.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store } from '../../src/ports/store.ts';
import { scriptedImageProvider, scriptedPaletteProvider } from '../../src/testing/index.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import type { CreateWorkerOptions } from '../../src/worker/worker-run.ts';
import type { AttemptReport, RunWorkerOptions, Worker } from '../../src/worker/worker-types.ts';
import { buildChild, type Child, type ChildProgram } from '../adapters/stores/sqlite/child-process.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../adapters/stores/sqlite/temporary-directory.ts';
import { newTask } from '../contracts/fixtures.ts';

export type ChildLine = Partial<AttemptReport> & { readonly began?: string; readonly level?: string };

/** A database file on disk, workers over it in this process, and worker processes. */
export interface FaultScene {
  readonly file: string;
  open(clock?: Clock): Promise<SqliteBackend>;
  /** Starts a process with so many workers; see `fault-child.ts`. */
  start(options: { readonly workers?: number; readonly taskMs?: number; readonly leaseMs?: number }): Promise<Child>;
  /** Has all worker processes stop and gives how they ended. */
  stop(): Promise<readonly { readonly code: number | null; readonly stderr: string }[]>;
}

/** Sets up a scene before each test and clears up after it. */
export function useFaultScene(options: { readonly withChildren?: boolean } = {}): FaultScene {
  let program: ChildProgram | undefined;
  let directory: TemporaryDirectory;
  const children: Child[] = [];
  const backends: SqliteBackend[] = [];

  if (options.withChildren) {
    beforeAll(async () => {
      program = await buildChild('worker-faults', new URL('./fault-child.ts', import.meta.url));
    });
    afterAll(() => program?.remove());
  }
  beforeEach(() => {
    directory = temporaryDirectory();
  });
  afterEach(async () => {
    for (const { process: child, exited } of children.splice(0)) {
      child.kill('SIGKILL');
      await exited;
    }
    for (const { store, queue } of backends.splice(0)) {
      await queue.close();
      await store.close();
    }
    directory.remove();
  });

  return {
    get file() {
      return directory.file('concept.db');
    },
    open: async (clock = systemClock) => {
      const backend = await openSqlite({ file: directory.file('concept.db'), clock, durability: 'normal' });
      backends.push(backend);
      return backend;
    },
    start: async ({ workers = 1, taskMs = 0, leaseMs = 30_000 }) => {
      const child = program!.start('work', directory.file('concept.db'), `${workers}`, `${taskMs}`, `${leaseMs}`);
      children.push(child);
      await child.printed(1);
      return child;
    },
    stop: async () => {
      writeFileSync(`${directory.file('concept.db')}.stop`, '');
      return Promise.all(children.map(({ exited }) => exited));
    },
  };
}

/** A worker of this process whose tasks are handled by `processors`. */
export function workerOver(
  { store, queue }: SqliteBackend,
  settings: Partial<CreateWorkerOptions> & { readonly clock?: Clock } = {},
): Worker {
  const { clock = systemClock, ...rest } = settings;
  return createWorker({
    store,
    queue,
    processing: {
      images: scriptedImageProvider(),
      palettes: scriptedPaletteProvider(),
      blobs: memoryBlobs(),
      imageFetcher: httpImageFetcher({}),
      imageLimits: DEFAULT_IMAGE_LIMITS,
      clock,
    },
    logger: { log: () => undefined },
    concurrency: 2,
    leaseMs: 5_000,
    graceMs: 5_000,
    ...rest,
  });
}

/** Runs a worker until it is told to stop, and notes its attempts. */
export function running(worker: Worker, options: Partial<RunWorkerOptions> = {}) {
  const stop = new AbortController();
  const attempts: AttemptReport[] = [];
  const onAttempt = (report: AttemptReport): number => attempts.push(report);
  const ended = worker.run({ signal: stop.signal, onAttempt, ...options });
  return {
    attempts,
    ended,
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}

export async function submitTasks(store: Store, count: number, overrides: Parameters<typeof newTask>[1] = {}) {
  const tasks = Array.from({ length: count }, () => newTask(systemClock, overrides));
  return (await store.tasks.submitMany(tasks)).map(({ task }) => task.id);
}

export const attemptsOf = (child: Child): ChildLine[] =>
  (child.lines as ChildLine[]).filter(({ outcome }) => outcome !== undefined);
