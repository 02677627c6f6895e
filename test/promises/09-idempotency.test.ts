import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { buildChild, type ChildProgram } from '../adapters/stores/sqlite/child-process.ts';
import { generationInput, newTask } from '../contracts/fixtures.ts';
import { newScene, type Scene } from './support.ts';

let program: ChildProgram;
let scene: Scene;
beforeAll(async () => {
  program = await buildChild('promise-9', new URL('./child.ts', import.meta.url));
});
afterAll(() => program.remove());
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

describe('promise 9: the same key and user give the same task; another input under the key is an error', () => {
  it('also when four processes submit at once', async () => {
    const { store } = await scene.open();
    const children = Array.from({ length: 4 }, () => program.start('submit with key', scene.file));
    const ends = await Promise.all(children.map(({ exited }) => exited));
    expect(ends).toEqual(children.map(() => ({ code: 0, stderr: '' })));
    const [first, ...others] = children.map(({ lines }) => lines);
    for (const lines of others) expect(lines).toEqual(first);
    expect(new Set(first).size).toBe(20);
    expect((await store.tasks.counts({})).pending).toBe(20);
  });

  it('the error names the key and the task that has it, and changes nothing', async () => {
    const { store } = await scene.open();
    const { task } = await store.tasks.submit(newTask(systemClock, { idempotencyKey: 'k' }));
    const other = newTask(systemClock, { idempotencyKey: 'k', input: generationInput({ seed: 8 }) });
    const refused = store.tasks.submit(other);
    await expect(refused).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', retryable: false });
    await expect(refused).rejects.toThrow(task.id);
    await expect(refused).rejects.toThrow(other.inputHash.slice(0, 8));
    expect((await store.tasks.list({})).tasks).toHaveLength(1);
    const { task: elsewhere } = await store.tasks.submit({ ...other, userId: 'u2' });
    expect(elsewhere.id).toBe(other.id);
  });
});
