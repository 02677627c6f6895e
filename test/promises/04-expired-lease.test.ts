import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../src/testing/fake-clock.ts';
import { newTask } from '../contracts/fixtures.ts';
import { PARTS_STAGE } from '../../src/core/closing-run.ts';
import { newScene, type Scene } from './support.ts';

const LEASE_MS = 1_000;
const MAX_ATTEMPTS = 3;

let scene: Scene;
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

describe('promise 4: an expired lease brings the task back until max_attempts, then it fails with the last error', () => {
  it('by sweeps alone: nobody resets a row by hand', async () => {
    const clock = fakeClock();
    const { store } = await scene.open(clock);
    const { task } = await store.tasks.submit(newTask(clock, { maxAttempts: MAX_ATTEMPTS }));
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const id = `silent-${attempt}`;
      await store.workers.register({ id, kind: 'worker', host: 'test', pid: 1, types: null }, LEASE_MS);
      const [claimed] = await store.leases.claim({ workerId: id, limit: 1 });
      expect(claimed?.task).toMatchObject({ id: task.id, attempt });
      clock.advance(LEASE_MS - 1);
      expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 0 });
      clock.advance(2);
      const isLast = attempt === MAX_ATTEMPTS;
      expect(await store.leases.sweep()).toEqual(isLast ? { returned: 0, failed: 1 } : { returned: 1, failed: 0 });
      expect(await store.tasks.get(task.id)).toMatchObject({ status: isLast ? 'failed' : 'pending', attempt });
    }
    const after = await store.tasks.get(task.id);
    expect(after?.error).toMatchObject({ code: 'LEASE_EXPIRED', message: expect.stringContaining('silent-3') });
    expect((await store.events.list({ taskId: task.id })).map(({ type }) => type)).toEqual([
      'submitted',
      ...Array.from({ length: MAX_ATTEMPTS }, () => ['claimed', 'lease.expired']).flat(),
      'failed',
    ]);
  });

  it('with one closing run in between when finished parts are kept, and not with another', async () => {
    const clock = fakeClock();
    const { store } = await scene.open(clock);
    const { task } = await store.tasks.submit(newTask(clock, { maxAttempts: 1 }));
    for (const attempt of [1, 2]) {
      const id = `silent-${attempt}`;
      await store.workers.register({ id, kind: 'worker', host: 'test', pid: 1, types: null }, LEASE_MS);
      const [claimed] = await store.leases.claim({ workerId: id, limit: 1 });
      expect(claimed?.task).toMatchObject({ id: task.id, attempt });
      await store.leases.checkpoint({ lease: claimed!.lease, checkpoint: { stage: PARTS_STAGE, data: [] } });
      clock.advance(LEASE_MS + 1);
      await store.leases.sweep();
      expect(await store.tasks.get(task.id)).toMatchObject({ status: attempt === 1 ? 'pending' : 'failed', attempt });
    }
  });
});
