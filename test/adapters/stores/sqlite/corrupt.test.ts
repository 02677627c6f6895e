import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import { chooseDriver } from '../../../../src/adapters/stores/sqlite/driver.ts';
import type { Store } from '../../../../src/ports/store.ts';
import type { ClaimedTask } from '../../../../src/ports/task-leases.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { conceptFor, generationInput, newTask, providerFailure } from '../../../contracts/fixtures.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

const PAGE_BYTES = 4_096;
const LEASE_MS = 30_000;
/** Still JSON, and not JSON any more. */
const DAMAGES = { 'other text': '{"logoDescription":"something else"}', 'half of it': '{"logoDescr' } as const;

let directory: TemporaryDirectory;
let file: string;
let clock: FakeClock;
let store: Store;

beforeEach(async () => {
  directory = temporaryDirectory();
  file = directory.file('concept.db');
  clock = fakeClock();
  store = await openSqliteStore({ file, clock });
  await store.workers.register({ id: 'w', kind: 'worker', host: 'h', pid: 1, types: null }, LEASE_MS);
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

/** Changes what is stored behind the store's back. */
async function damage(sql: string, ...parameters: string[]): Promise<void> {
  const database = (await chooseDriver()).open(file);
  database.exec('PRAGMA busy_timeout = 1000');
  expect(database.prepare(sql).run(...parameters).changes).toBe(1);
  database.close();
}

const damageInput = (taskId: string, text: string): Promise<void> =>
  damage('UPDATE task_input SET input = ? WHERE seq = (SELECT seq FROM task WHERE id = ?)', text, taskId);

async function submit(count: number): Promise<string[]> {
  const tasks = Array.from({ length: count }, () => newTask(clock));
  return (await store.tasks.submitMany(tasks)).map(({ task }) => task.id);
}

const claim = (limit: number): Promise<readonly ClaimedTask[]> => store.leases.claim({ workerId: 'w', limit });

async function fail(taskId: string): Promise<void> {
  const [claimed] = await store.leases.claim({ workerId: 'w', limit: 1, taskId });
  await store.leases.fail({ lease: claimed!.lease, error: providerFailure(), retryAt: null });
}

describe.each(Object.entries(DAMAGES))('an input that was replaced by %s', (_, text) => {
  test('fails its task at the claim, with the reason, and no other', async () => {
    const [damaged, ...whole] = await submit(4);
    await damageInput(damaged!, text);
    const claimed = await claim(4);
    expect(claimed.map(({ task }) => task.id)).toEqual(whole);
    const { tasks } = await store.tasks.list({ status: 'failed' });
    expect(tasks).toMatchObject([{ id: damaged, attempt: 0, error: { code: 'STORE_CORRUPT', retryable: false } }]);
    expect(tasks[0]!.error!.hint).toContain('concept doctor');
    expect((await store.events.list({ taskId: damaged! })).map(({ type }) => type)).toEqual(['submitted', 'failed']);
    expect(await store.tasks.counts({})).toMatchObject({ pending: 0, processing: 3, failed: 1 });
  });

  test('keeps nobody from claiming one by one', async () => {
    const [damaged, whole] = await submit(2);
    await damageInput(damaged!, text);
    const claimed = [...(await claim(1)), ...(await claim(1))];
    expect(claimed.map(({ task }) => task.id)).toEqual([whole]);
  });

  test('lets the task be listed, cancelled and swept with the others', async () => {
    const [running, waiting, other] = await submit(3);
    await claim(1);
    await damageInput(running!, text);
    await damageInput(waiting!, text);
    expect((await store.tasks.list({})).tasks.map(({ id }) => id)).toEqual([other, waiting, running]);
    clock.advance(LEASE_MS);
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
    expect(await store.bulk.cancel({ userId: 'u1', limit: 10 })).toEqual([running, waiting, other]);
    expect(await store.tasks.counts({})).toMatchObject({ cancelled: 3 });
  });

  test('lets the attempt that runs with the whole one end', async () => {
    const [id] = await submit(1);
    const [claimed] = await claim(1);
    await damageInput(id!, text);
    const { lease } = claimed!;
    await store.leases.fail({ lease, error: providerFailure(), retryAt: null });
    expect(await store.tasks.counts({})).toMatchObject({ failed: 1 });
  });
});

test('an input that cannot be read hides neither its task nor why that failed', async () => {
  const [id] = await submit(1);
  await damageInput(id!, DAMAGES['half of it']);
  expect(await store.tasks.get(id!)).toMatchObject({ id, status: 'pending', input: {} });
  await claim(1);
  expect(await store.tasks.get(id!)).toMatchObject({ status: 'failed', input: {}, error: { code: 'STORE_CORRUPT' } });
});

test('a damaged checkpoint fails its task: it may be all that is known of a paid call', async () => {
  const [id, other] = await submit(2);
  const [claimed] = await claim(1);
  await store.leases.checkpoint({
    lease: claimed!.lease,
    checkpoint: { stage: 'generate-image', data: { path: 'x' } },
  });
  await store.leases.release(claimed!.lease);
  await damage("UPDATE checkpoint SET data = '{\"path' WHERE stage = ?", 'generate-image');
  expect((await claim(2)).map(({ task }) => task.id)).toEqual([other]);
  expect(await store.tasks.get(id!)).toMatchObject({ status: 'failed', error: { code: 'STORE_CORRUPT' } });
});

describe('a damaged result', () => {
  async function finish(): Promise<{ readonly taskId: string; readonly conceptId: string }> {
    const [taskId] = await submit(1);
    const [claimed] = await claim(1);
    const concept = conceptFor(claimed!.task, new Date(clock.now()).toISOString());
    await store.leases.complete({ lease: claimed!.lease, result: { concept, partial: false } });
    return { taskId: taskId!, conceptId: concept.id };
  }

  test.each([
    ['concept', "UPDATE concept SET logo_description = 'another one' WHERE id = ?"],
    ['palette', "UPDATE variation SET colors = '[\"#000000\"]' WHERE position = 0 AND 'x' <> ?"],
    ['variation, which is missing', "DELETE FROM variation WHERE position = 1 AND 'x' <> ?"],
  ])('is found by its checksum: %s', async (_, sql) => {
    const { taskId, conceptId } = await finish();
    await damage(sql, conceptId);
    const damaged = { code: 'STORE_CORRUPT', message: expect.stringContaining(taskId), hint: expect.any(String) };
    await expect(store.concepts.get(conceptId)).rejects.toMatchObject(damaged);
  });

  test('of another type is found too', async () => {
    const [taskId] = await submit(1);
    const [claimed] = await claim(1);
    const result = { data: { outputs: ['small'] }, files: [], partial: false };
    await store.leases.complete({ lease: claimed!.lease, result });
    expect(await store.results.get(taskId!)).toEqual(result);
    await damage("UPDATE task_result SET result = replace(result, 'small', ?)", 'large');
    await expect(store.results.get(taskId!)).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});

describe('damaged pages in the middle of the file', () => {
  beforeEach(async () => {
    const large = { input: generationInput({ logoDescription: 'x'.repeat(1_500) }) };
    await store.tasks.submitMany(Array.from({ length: 500 }, () => newTask(clock, large)));
    await fail((await store.tasks.list({ limit: 1 })).tasks[0]!.id);
    await store.close();
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    overwriteMiddle();
    store = await openSqliteStore({ file, clock });
  });

  /** Everything but the first quarter, where the schema and the small tables are. */
  function overwriteMiddle(): void {
    const pages = Math.floor(readFileSync(file).length / PAGE_BYTES);
    const descriptor = openSync(file, 'r+');
    const junk = Buffer.alloc(PAGE_BYTES, 0xa5);
    for (let page = Math.ceil(pages / 2); page < pages; page += 2) {
      writeSync(descriptor, junk, 0, PAGE_BYTES, page * PAGE_BYTES);
    }
    closeSync(descriptor);
  }

  test('are told as damage by whatever reads them, with what to do', async () => {
    const reading = (async () => {
      for (let cursor: string | null | undefined; cursor !== null;) {
        ({ nextCursor: cursor } = await store.tasks.list({ limit: 100, ...(cursor && { cursor }) }));
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'STORE_CORRUPT', retryable: false, hint: expect.any(String) });
  });

  test('are found by the diagnosis', async () => {
    const { problems, facts } = await store.diagnose();
    expect(facts).toMatchObject({ store: 'sqlite', file });
    expect(problems.length).toBeGreaterThan(0);
    for (const { code, message, hint } of problems) {
      expect(code).toBe('STORE_CORRUPT');
      expect(message).toMatch(/^the database is damaged: .+/);
      expect(message).not.toContain('\n');
      expect(hint).toContain('backup');
    }
  });
});

test('a whole database has nothing to tell', async () => {
  await submit(3);
  expect((await store.diagnose()).problems).toEqual([]);
});
