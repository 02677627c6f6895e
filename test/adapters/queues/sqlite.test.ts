import { openSqlite } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import type { NewTask } from '../../../src/core/task.ts';
import { newTask } from '../../contracts/fixtures.ts';
import { testQueue } from '../../contracts/queue.ts';
import { temporaryDirectory } from '../stores/sqlite/temporary-directory.ts';

testQueue('sqlite queue', async () => {
  const directory = temporaryDirectory();
  const opened: Awaited<ReturnType<typeof openSqlite>>[] = [];
  const open = async () => {
    const backend = await openSqlite({ file: directory.file('concept.db'), clock: systemClock });
    opened.push(backend);
    return backend;
  };
  const { store, queue } = await open();
  return {
    queue,
    reopen: async () => (await open()).queue,
    makeDue: async ({ taskId, userId, type, input }, delayMs) => {
      const runAt = new Date(systemClock.now() + delayMs).toISOString();
      await store.tasks.submit(newTask(systemClock, { id: taskId, userId, type, input, runAt } as Partial<NewTask>));
    },
    cleanup: async () => {
      for (const backend of opened) {
        await backend.queue.close();
        await backend.store.close();
      }
      directory.remove();
    },
  };
});
