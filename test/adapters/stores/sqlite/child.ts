import { openSqlite } from '../../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../../src/adapters/system-clock.ts';
import { newTask } from '../../../contracts/fixtures.ts';

// Runs in a process of its own, bundled: see child-process.ts. Prints one JSON document a line.
const [role, file, workerId = '', leaseMs = '30000'] = process.argv.slice(2) as [string, string, string?, string?];

const { store, queue } = await openSqlite({ file, clock: systemClock });

const roles: Readonly<Record<string, () => Promise<void>>> = {
  /** Opens the file, submits a task. */
  submit: async () => {
    const { task } = await store.tasks.submit(newTask(systemClock));
    await queue.publish([{ taskId: task.id, userId: task.userId, type: task.type, input: task.input }]);
    print(task.id);
  },

  /** Claims until nothing is left, a few at a time, and prints each id. */
  drain: async () => {
    await register();
    for (;;) {
      const claimed = await store.leases.claim({ workerId, limit: 3 });
      if (claimed.length === 0) return;
      for (const { task } of claimed) print(task.id);
    }
  },

  /** Claims one task and never ends: to be killed. */
  hang: async () => {
    await register();
    const [claimed] = await store.leases.claim({ workerId, limit: 1 });
    print(claimed!.task.id);
    await new Promise(() => setInterval(() => undefined, 1_000));
  },

  /** Waits for news from another process. */
  listen: async () => {
    await store.events.news(1);
    print('listening');
    await store.events.news(20_000);
    print((await store.tasks.list({})).tasks.length);
  },

  /** Waits without a limit of its own, then closes while waiting: nothing may keep the process alive. */
  leave: async () => {
    await store.events.news(1);
    void store.events.news(600_000);
  },
};

function register(): Promise<void> {
  const worker = { id: workerId, kind: 'worker', host: 'test', pid: process.pid, types: null } as const;
  return store.workers.register(worker, Number(leaseMs));
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

await roles[role]!();
await queue.close();
await store.close();
