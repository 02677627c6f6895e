import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqlite } from '../../src/adapters/stores/sqlite.ts';
import { chooseDriver } from '../../src/adapters/stores/sqlite/driver.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { generationInput, newTask } from '../contracts/fixtures.ts';
import { startWorker } from './support.ts';

// Runs in a process of its own, bundled: see child-process.ts. Prints one JSON document a line.
const [role, file, ...rest] = process.argv.slice(2) as [string, string, ...string[]];

const roles: Readonly<Record<string, () => Promise<void>>> = {
  /** Submits, and is killed when the commit is done and nobody has been told. */
  'submit and die': async () => {
    const { store } = await openSqlite({ file, clock: systemClock });
    dieAtTheBell();
    await store.tasks.submit(newTask(systemClock, { id: rest[0]! }));
    print('answered');
  },

  /** Claims a task and completes it, and is killed when that commit is done. */
  'complete and die': async () => {
    const { store } = await openSqlite({ file, clock: systemClock });
    await store.workers.register({ id: 'dying', kind: 'worker', host: 'test', pid: process.pid, types: null }, 60_000);
    const [claimed] = await store.leases.claim({ workerId: 'dying', limit: 1 });
    // The bell of the claim is rung a little later when it comes too soon after another.
    await sleep(50);
    dieAtTheBell();
    const result = { data: { by: 'dying' }, files: [], partial: false };
    await store.leases.complete({ lease: claimed!.lease, result });
    print('answered');
  },

  /** Works: each task takes as many milliseconds as told. Prints the id of each when it begins. */
  work: async () => {
    const [workMs, leaseMs] = rest.map(Number) as [number, number];
    const backend = await openSqlite({ file, clock: systemClock });
    const stop = new AbortController();
    process.once('SIGTERM', () => stop.abort());
    const generation = async ({ id }: { readonly id: string }) => {
      print(id);
      await sleep(workMs);
      return { data: { by: process.pid }, files: [], partial: false };
    };
    await startWorker(backend, { leaseMs, processors: { generation } }).run({
      signal: stop.signal,
      onAttempt: ({ outcome }) => print(outcome),
    });
    await backend.queue.close();
    await backend.store.close();
  },

  /** Submits under a key, over and over, and prints the ids that it was told. */
  'submit with key': async () => {
    const { store } = await openSqlite({ file, clock: systemClock });
    for (let count = 0; count < 20; count++) {
      const { task } = await store.tasks.submit(
        newTask(systemClock, { idempotencyKey: `key-${count}`, input: generationInput() }),
      );
      print(task.id);
    }
    await store.close();
  },

  /** Holds the write lock for a while, as a process does that hangs in the middle of a transaction. */
  lock: async () => {
    const database = (await chooseDriver()).open(file);
    database.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    print('locked');
    await sleep(Number(rest[0]));
    database.exec('ROLLBACK');
    database.close();
  },
};

/** A bell is rung by setting the times of its file. */
function dieAtTheBell(): void {
  fs.futimesSync = () => process.kill(process.pid, 'SIGKILL');
  syncBuiltinESMExports();
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

await roles[role]!();
