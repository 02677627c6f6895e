import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { type OpenDatabase, openDatabase } from '../../../../src/adapters/stores/sqlite/open-database.ts';
import { createSession, type Session } from '../../../../src/adapters/stores/sqlite/session.ts';
import { sqliteTaskStore } from '../../../../src/adapters/stores/sqlite/task-store.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import type { NewTask } from '../../../../src/core/task.ts';
import type { TaskStore } from '../../../../src/ports/task-store.ts';
import { generationInput, newTask } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const CHUNKS = 8;
const CHUNK = 50;

let directory: TemporaryDirectory;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** Chunks of a batch that may be submitted twice: each task has a key. */
function chunksOf(count: number): NewTask[][] {
  return Array.from({ length: count }, (_, chunk) =>
    Array.from({ length: CHUNK }, (__, row) => large({ idempotencyKey: `row-${chunk}-${row}` })),
  );
}

function large(overrides: Partial<NewTask> = {}): NewTask {
  return newTask(systemClock, { input: generationInput({ logoDescription: 'x'.repeat(1_500) }), ...overrides });
}

/** Submits chunk after chunk. @returns how many were accepted, and what the first that was not said. */
async function submitChunks(tasks: TaskStore, chunks: readonly NewTask[][]) {
  for (const [accepted, chunk] of chunks.entries()) {
    const failure = await tasks.submitMany(chunk).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (failure) return { accepted, failure };
  }
  return { accepted: chunks.length, failure: undefined };
}

/** Fills the store up in the middle of a batch, makes space and submits the whole batch again. */
async function fillAndMend(tasks: TaskStore, makeSpace: () => void) {
  const chunks = chunksOf(CHUNKS);
  const { accepted, failure } = await submitChunks(tasks, chunks);
  const whenFull = { counted: (await tasks.counts({})).pending, listed: await listed(tasks) };
  makeSpace();
  const again = await submitChunks(tasks, chunks);
  const mended = { counted: (await tasks.counts({})).pending, listed: await listed(tasks) };
  return { accepted, failure, whenFull, again, mended };
}

const listed = async (tasks: TaskStore): Promise<number> => (await tasks.list({ limit: 1_000 })).tasks.length;

/** The first chunks stay, the failing one leaves nothing, and the same calls with space complete without duplicates. */
function mendedAfter(accepted: number) {
  return {
    accepted,
    failure: expect.objectContaining({
      code: 'STORAGE_FULL',
      retryable: true,
      hint: expect.stringContaining('space'),
    }),
    whenFull: { counted: accepted * CHUNK, listed: accepted * CHUNK },
    again: { accepted: CHUNKS, failure: undefined },
    mended: { counted: CHUNKS * CHUNK, listed: CHUNKS * CHUNK },
  };
}

describe('a database that may not grow', () => {
  let database: OpenDatabase;
  let session: Session;
  let tasks: TaskStore;

  beforeEach(async () => {
    const file = directory.file('concept.db');
    database = await openDatabase({ file, durability: 'full', createIfMissing: true });
    session = createSession(database.connection, { file, clock: systemClock, costs: undefined, durability: 'full' });
    tasks = sqliteTaskStore(session);
  });
  afterEach(() => session.close());

  const growBy = (more: number): void => {
    const { pages } = database.connection.one<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count')!;
    database.connection.exec(`PRAGMA max_page_count = ${pages + more}`);
  };

  test('keeps the earlier chunks of a batch, and takes the rest when there is space', async () => {
    growBy(100);
    const story = await fillAndMend(tasks, () => growBy(10_000));
    expect(story.accepted).toBeGreaterThan(0);
    expect(story).toEqual(mendedAfter(story.accepted));
  });

  test('answers each of several concurrent writes for itself', async () => {
    growBy(20);
    const first = tasks.submit(newTask(systemClock));
    const tooLarge = tasks.submitMany(chunksOf(4).flat());
    const last = tasks.submit(newTask(systemClock));
    await expect(tooLarge).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(await Promise.all([first, last])).toMatchObject([{ created: true }, { created: true }]);
    expect(await tasks.counts({})).toMatchObject({ pending: 2 });
    const ids = (await tasks.list({})).tasks.map(({ id }) => id);
    expect(ids).toEqual([(await last).task.id, (await first).task.id]);
  });

  test('goes on answering together after that', async () => {
    growBy(20);
    await expect(tasks.submitMany(chunksOf(4).flat())).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    growBy(1_000);
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => tasks.submit(newTask(systemClock))));
    expect(outcomes.filter(({ created }) => created)).toHaveLength(30);
  });
});

test('a disk of 2 MB that fills up in the middle of a batch loses nothing that was accepted', async ({ skip }) => {
  const mount = directory.file('small');
  mkdirSync(mount);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', mount], { encoding: 'utf8' });
  if (mounted.status !== 0) return skip(`a small file system cannot be mounted: ${mounted.stderr || mounted.error}`);
  try {
    const filler = join(mount, 'filler');
    writeFileSync(filler, Buffer.alloc(1_000_000));
    const store = await openSqliteStore({ file: join(mount, 'concept.db'), clock: systemClock });
    const story = await fillAndMend(store.tasks, () => rmSync(filler)).finally(() => store.close());
    expect(story.accepted).toBeGreaterThan(0);
    expect(story).toEqual(mendedAfter(story.accepted));
  } finally {
    // Lazily: a driver may hold a closed database's file until it is collected.
    spawnSync('umount', ['-l', mount]);
  }
});
