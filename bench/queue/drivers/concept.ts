import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { memoryBlobs } from '../../../src/adapters/blobs/memory.ts';
import { openSqlite, type SqliteBackend } from '../../../src/adapters/stores/sqlite.ts';
import { systemClock } from '../../../src/adapters/system-clock.ts';
import { uuidV7 } from '../../../src/core/id.ts';
import { SUPPORTED_TYPES } from '../../../src/core/supported-types.ts';
import type { NewTask, Task } from '../../../src/core/task.ts';
import { createClient, type ConceptClient } from '../../../src/sdk/client.ts';
import type { Driver, DriverChoice, OpenQueue, Payload } from '../driver.ts';
import { workTasks } from './concept-worker.ts';

export type ConceptChoice = Extract<DriverChoice, { readonly name: 'concept' }>;

/** Ours on the embedded store: one database file in the run's directory. */
export function conceptDriver(choice: ConceptChoice, directory: string): Driver {
  const file = join(directory, 'concept', 'concept.db');
  return {
    open: async () => {
      rmSync(join(directory, 'concept'), { recursive: true, force: true });
      mkdirSync(join(directory, 'concept'));
      const backend = await openConcept(file, choice.durability);
      return choice.entrance === 'client' ? clientQueue(backend) : storeQueue(backend, choice.users);
    },
    work: async (options) => {
      const backend = await openConcept(file, choice.durability);
      workTasks(backend, { ...options, prefetch: choice.prefetch, limits: choice.limits });
    },
  };
}

export function openConcept(file: string, durability: ConceptChoice['durability']): Promise<SqliteBackend> {
  return openSqlite({ file, clock: systemClock, durability });
}

/** What the client would hand to the store; the hash is as long as a real one. */
export function newTaskOf(payload: Payload, userId = 'bench'): NewTask<'generation'> {
  return {
    id: uuidV7(systemClock.now(), systemClock.randomBytes(10)),
    userId,
    type: 'generation',
    input: { ...payload },
    priority: 0,
    maxAttempts: 3,
    inputHash: String(payload.seed).padStart(64, '0'),
  };
}

/** Straight into the store, as the peers' calls go straight into theirs. */
function storeQueue(backend: SqliteBackend, users: number): OpenQueue {
  const { store, queue } = backend;
  const client = clientOver(backend);
  const announce = (tasks: readonly Task[]): Promise<void> =>
    queue.publish(tasks.map(({ id, userId, type, input }) => ({ taskId: id, userId, type, input })));
  return {
    ...shared(client),
    addOne: async (payload) => {
      const { task } = await store.tasks.submit(newTaskOf(payload));
      await announce([task]);
      return task.id;
    },
    addMany: async (payloads) => {
      const outcomes = await store.tasks.submitMany(
        payloads.map((payload) => newTaskOf(payload, `user-${payload.seed % users}`)),
      );
      await announce(outcomes.map(({ task }) => task));
    },
  };
}

function clientQueue(backend: SqliteBackend): OpenQueue {
  const client = clientOver(backend);
  const submissionOf = (payload: Payload) => ({ type: 'generation' as const, ...payload });
  return {
    ...shared(client),
    addOne: async (payload) => (await client.tasks.submit(submissionOf(payload))).id,
    addMany: async (payloads) => {
      await client.tasks.submitMany(payloads.map(submissionOf));
    },
  };
}

function shared(client: ConceptClient): Pick<OpenQueue, 'unfinished' | 'createWaiter' | 'close'> {
  return {
    unfinished: async () => {
      const { pending, processing } = await client.tasks.counts();
      return pending + processing;
    },
    createWaiter: async () => async (task) => {
      await client.tasks.wait(task as string);
    },
    close: () => client.close(),
  };
}

function clientOver({ store, queue }: SqliteBackend): ConceptClient {
  return createClient({
    store,
    queue,
    blobs: memoryBlobs(),
    clock: systemClock,
    imageInspector: { inspect: () => Promise.reject(new Error('no image is submitted here')) },
    checkImageUrl: () => Promise.resolve(),
    defaultUserId: 'bench',
    maxAttempts: () => 3,
    supportedTypes: SUPPORTED_TYPES,
  });
}
