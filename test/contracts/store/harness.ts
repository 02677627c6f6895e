import { test, type TestContext } from 'vitest';
import type { NewTask, Task } from '../../../src/core/task.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { CreditCosts, Store } from '../../../src/ports/store.ts';
import type { ClaimedTask } from '../../../src/ports/task-leases.ts';
import { type FakeClock, fakeClock } from '../../../src/testing/fake-clock.ts';
import { newTask } from '../fixtures.ts';

export interface StoreHarness {
  readonly store: Store;
  /** Opens the same records once more, beside `store` or after its close. Required of durable or shared stores. */
  readonly reopen?: () => Promise<Store>;
  cleanup(): Promise<void>;
}

export type MakeStore = (options: { readonly clock: Clock; readonly credits?: CreditCosts }) => Promise<StoreHarness>;

export interface Scene {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly reopen: StoreHarness['reopen'];
  readonly context: TestContext;
  /** Submits a task built by the fixtures. */
  submit(overrides?: Partial<NewTask>): Promise<Task>;
  /** Registers a worker; its leases last `leaseMs`, default {@link LEASE_MS}. */
  register(workerId: string, leaseMs?: number): Promise<void>;
  /** Claims the next task, which must be there, by a worker that is registered already. */
  claim(workerId: string): Promise<ClaimedTask>;
}

export const LEASE_MS = 30_000;

/** Registers tests that each get an empty store and a clock of their own. */
export function storeTest(make: MakeStore, credits?: CreditCosts) {
  return (title: string, body: (scene: Scene) => Promise<void>): void => {
    test(title, async (context) => {
      const clock = fakeClock();
      const harness = await make({ clock, ...(credits && { credits }) });
      try {
        await body(sceneOf(harness, clock, context));
      } finally {
        await harness.cleanup();
      }
    });
  };
}

function sceneOf({ store, reopen }: StoreHarness, clock: FakeClock, context: TestContext): Scene {
  return {
    store,
    clock,
    reopen,
    context,
    async submit(overrides) {
      return (await store.tasks.submit(newTask(clock, overrides))).task;
    },
    register: (workerId, leaseMs = LEASE_MS) =>
      store.workers.register({ id: workerId, kind: 'worker', host: 'test', pid: 1, types: null }, leaseMs),
    async claim(workerId) {
      const [claimed] = await store.leases.claim({ workerId, limit: 1 });
      if (!claimed) throw new Error(`nothing to claim for ${workerId}`);
      return claimed;
    },
  };
}

/** The store's time, `offsetMs` from now, as ISO 8601. */
export function isoAt(clock: Clock, offsetMs = 0): string {
  return new Date(clock.now() + offsetMs).toISOString();
}
