import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { filesystemBlobs } from '../../../src/adapters/blobs/filesystem.ts';
import type { SqliteBackend } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { Concept } from '../../../src/core/concept.ts';
import { buildChild, type Child, type ChildProgram } from '../../adapters/stores/sqlite/child-process.ts';
import { generationInput, newTask } from '../../contracts/fixtures.ts';
import { newScene, type Scene, startWorker, within } from '../../promises/support.ts';
import { NO_PROVIDERS } from '../../worker/no-providers.ts';
import { stuckWorker } from './stuck-worker.ts';

const PALETTES = 5;
/** The base image and three variations. */
const STORED = 4;
const LIMIT_MS = 1_500;

let program: ChildProgram;
let scene: Scene;
let child: Child | undefined;
beforeAll(async () => {
  program = await buildChild('last-attempt', new URL('./child.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(() => {
  scene = newScene();
});
afterEach(async () => {
  child?.process.kill('SIGKILL');
  await child?.exited;
  child = undefined;
  await scene.close();
});

const submit = async ({ store }: SqliteBackend, minVariations: number): Promise<string> => {
  const input = generationInput({ numPalettes: PALETTES, minVariations });
  const { task } = await store.tasks.submit(newTask(systemClock, { input, maxAttempts: 1 }));
  return task.id;
};

/** What another worker makes of a task whose worker is killed in its only attempt; it has no provider to call. */
async function closeAfterKill(backend: SqliteBackend, root: string): Promise<void> {
  const killed = (child = program.start('work', scene.file, root, `${STORED}`));
  await within(20_000, 'three variations are kept', async () => killed.lines.includes(STORED - 1));
  killed.process.kill('SIGKILL');
  await killed.exited;
  const worker = startWorker(backend, { processing: NO_PROVIDERS, processors: undefined });
  await worker.run({ signal: AbortSignal.timeout(20_000), drain: true });
}

async function expectStored({ variations }: Concept, root: string): Promise<void> {
  const blobs = filesystemBlobs({ root });
  expect(variations).toHaveLength(STORED - 1);
  for (const { image } of variations) expect(await blobs.stat(image.path)).toMatchObject({ bytes: image.bytes });
}

describe('a task with enough variations whose only attempt', () => {
  it('is cut off by kill -9 of its worker is completed as partial by another, without a call to a provider', async () => {
    const backend = await scene.open();
    const root = scene.directory.file('blobs');
    const id = await submit(backend, STORED - 1);
    await closeAfterKill(backend, root);
    expect(await backend.store.tasks.get(id)).toMatchObject({ status: 'completed', partial: true, error: null });
    const concept = (await backend.store.concepts.get(id))!;
    await expectStored(concept, root);
    expect(concept.warnings).toHaveLength(PALETTES - STORED + 1);
    expect(concept.warnings[0]).toMatch(/^variation ".*" is missing: worker .* stopped renewing its lease/);
    const events = await backend.store.events.list({ taskId: id });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ type }) => type).slice(-3)).toEqual(['lease.expired', 'claimed', 'completed']);
  });

  it('takes too long is completed as partial at its limit', async () => {
    const backend = await scene.open();
    const root = scene.directory.file('blobs');
    const id = await submit(backend, STORED - 1);
    const worker = stuckWorker(backend, { root, stored: STORED, taskTimeoutMs: LIMIT_MS });
    const summary = await worker.run({ signal: AbortSignal.timeout(20_000), drain: true });
    expect(summary).toMatchObject({ failed: 0 });
    expect(await backend.store.tasks.get(id)).toMatchObject({ status: 'completed', partial: true, attempt: 1 });
    const concept = (await backend.store.concepts.get(id))!;
    await expectStored(concept, root);
    expect(concept.warnings[0]).toMatch(/is missing: the task took longer than its limit of 1.5 s$/);
  });
});

describe('a task with too few variations whose only attempt', () => {
  it('is cut off by kill -9 of its worker fails with the last error after its closing run', async () => {
    const backend = await scene.open();
    const id = await submit(backend, STORED);
    await closeAfterKill(backend, scene.directory.file('blobs'));
    expect(await backend.store.tasks.get(id)).toMatchObject({ status: 'failed', error: { code: 'LEASE_EXPIRED' } });
    expect(await backend.store.concepts.get(id)).toBeUndefined();
  });

  it('takes too long fails with TIMEOUT', async () => {
    const backend = await scene.open();
    const id = await submit(backend, STORED);
    const worker = stuckWorker(backend, {
      root: scene.directory.file('blobs'),
      stored: STORED,
      taskTimeoutMs: LIMIT_MS,
    });
    await worker.run({ signal: AbortSignal.timeout(20_000), drain: true });
    expect(await backend.store.tasks.get(id)).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  });
});
