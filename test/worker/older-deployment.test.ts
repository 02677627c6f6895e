import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryQueue, type RejectedMessage } from '../../src/adapters/queues/memory.ts';
import type { Store } from '../../src/ports/store.ts';
import type { TaskMessage, TaskQueue } from '../../src/ports/task-queue.ts';
import type { RunWorkerOptions } from '../../src/worker/worker-types.ts';
import { generationInput } from '../contracts/fixtures.ts';
import { plainResult, startWorker } from '../promises/support.ts';
import { skipsPostgres } from '../support/postgres.ts';
import { recordingAnswers } from '../support/recorded-answers.ts';
import { useTestProject } from '../support/supabase.ts';
import { running } from './fault-support.ts';
import { until } from './support.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const MESSAGE: TaskMessage = { taskId: ID, userId: 'u1', type: 'generation', input: generationInput() };

/** Rows and messages as an API and a worker of a version before this package leave them behind. */
describe.skipIf(skipsPostgres())('a deployment that an older version has worked for', () => {
  const project = useTestProject();
  let store: Store;
  let queue: TaskQueue;
  let answers: string[];
  let rejected: RejectedMessage[];
  let stop: () => Promise<unknown>;
  beforeEach(() => {
    answers = [];
    rejected = [];
    store = project.store();
    queue = recordingAnswers(memoryQueue({ onRejected: (one) => rejected.push(one) }), answers);
    stop = async () => undefined;
  });
  afterEach(async () => {
    await stop();
    await queue.close();
  });

  const insert = (status: string, age: string): Promise<unknown> =>
    project.database.query(
      `insert into tasks (id, user_id, type, status, updated_at)
        values ($1, 'u1', 'concept_generation', $2, now() - $3::interval)`,
      [ID, status, age],
    );
  const work = (run: Partial<RunWorkerOptions> = {}, settings: Parameters<typeof startWorker>[1] = {}): void => {
    const processors = { generation: async () => plainResult(), refinement: async () => plainResult() };
    ({ stop } = running(startWorker({ store, queue }, { processors, ...settings }), run));
  };
  const isTask = (expected: string) => async () => (await store.tasks.get(ID))!.status === expected;
  const updatedAt = async (): Promise<unknown> => (await project.database.query('select updated_at from tasks'))[0];

  it('has the message of a task that an older worker has kept in the row, then swept, published and worked', async () => {
    await insert('processing', '10 minutes');
    const before = await updatedAt();
    await queue.publish([MESSAGE]);
    work();
    await until(() => answers.length > 0);
    expect(answers).toEqual(['acknowledged']);
    expect(await store.tasks.get(ID)).toMatchObject({ status: 'processing', input: MESSAGE.input, attempt: 0 });
    expect(await updatedAt()).toEqual(before);
    expect(await store.leases.sweep()).toEqual({ returned: 0, failed: 0 });

    await project.database.query("update tasks set updated_at = now() - interval '30 minutes'");
    await until(isTask('completed'));
    expect(await store.tasks.get(ID)).toMatchObject({ attempt: 1 });
    const events = await store.events.list({ taskId: ID });
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'lease.expired'],
      [2, 'claimed'],
      [3, 'completed'],
    ]);
    const error = { code: 'LEASE_EXPIRED', message: 'a worker of an older version never finished it' };
    expect(events[0]!.data).toMatchObject({ workerId: 'unknown', error });
    await until(() => answers.length === 2);
    expect(answers).toEqual(['acknowledged', 'acknowledged']);
  });

  it('has a swept task that has no input wait for its message, at the end of the line', async () => {
    await insert('processing', '30 minutes');
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
    expect(await store.tasks.get(ID)).toMatchObject({ status: 'pending', input: {} });
    expect((await store.diagnose()).facts).toMatchObject({ rowsWithoutInput: 1 });
    expect(await project.database.query('select turn, waiting from tasks')).toEqual([{ turn: '1', waiting: false }]);
    await queue.publish([MESSAGE]);
    work();
    await until(isTask('completed'));
  });

  it('has a message whose type is not its task’s fail that, with both', async () => {
    await insert('pending', '1 second');
    const input = { original: { kind: 'url', url: 'https://example.com/a.png' }, refinementPrompt: 'more green' };
    await queue.publish([{ ...MESSAGE, type: 'refinement', input }]);
    work();
    await until(isTask('failed'));
    const message = expect.stringMatching(/concept_refinement.*concept_generation/);
    expect(await store.tasks.get(ID)).toMatchObject({ attempt: 0, error: { code: 'INVALID_INPUT', message } });
    await until(() => answers.length > 0);
    expect(answers).toEqual(['acknowledged']);
  });

  it('has a message whose user is not its task’s put apart', async () => {
    await insert('pending', '1 second');
    await queue.publish([{ ...MESSAGE, userId: 'u2' }]);
    work();
    await until(() => rejected.length > 0);
    expect(await store.tasks.get(ID)).toMatchObject({ status: 'pending', input: {} });
  });

  it('has a message that comes to a worker of other types only brought by the row from then on', async () => {
    await insert('pending', '1 second');
    await queue.publish([MESSAGE]);
    work({ types: ['refinement'] });
    await until(() => answers.length > 0);
    expect(answers[0]).toBe('acknowledged');
    await stop();
    work();
    await until(isTask('completed'));
  });
});
