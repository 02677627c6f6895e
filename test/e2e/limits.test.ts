import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/core/task.ts';
import { sandbox } from './cli/support.ts';

const SUBMIT = ['submit', '--logo', 'a panda', '--theme', 'green and white', '--palettes', '2', '--quiet'] as const;
const USERS = ['anna', 'ben'] as const;
const TASKS_PER_USER = 3;

/** Two users' tasks, drained by one worker. @returns the tasks as they ended, in the order in which they started. */
async function drained(concurrency: number, environment: Readonly<Record<string, string>>): Promise<readonly Task[]> {
  const { run, start, json } = await sandbox();
  const owners = USERS.flatMap((user) => Array<string>(TASKS_PER_USER).fill(user));
  await Promise.all(owners.map((user, seed) => run(...SUBMIT, '--user', user, '--seed', `${seed}`)));
  const worker = await start(['work', '--drain', '--concurrency', `${concurrency}`], environment).ended;
  expect(worker).toMatchObject({ code: 0 });
  const { tasks } = await json('list');
  expect(tasks.map(({ status }) => status)).toEqual(owners.map(() => 'completed'));
  return tasks.toSorted((a, b) => startOf(a) - startOf(b));
}

const startOf = ({ startedAt }: Task): number => Date.parse(startedAt!);
const endOf = ({ completedAt }: Task): number => Date.parse(completedAt!);

/** Whether any of them, in the order of their starts, starts before the one before it has ended. */
const overlap = (tasks: readonly Task[]): boolean =>
  tasks.some((task, index) => index > 0 && startOf(task) < endOf(tasks[index - 1]!));

const of = (user: string, tasks: readonly Task[]): readonly Task[] => tasks.filter(({ userId }) => userId === user);

describe('tasks of a worker with two slots', () => {
  it('run side by side without a limit', async () => {
    expect(overlap(await drained(2, {}))).toBe(true);
  });

  it.each(['CONCEPT_MAX_RUNNING', 'CONCEPT_MAX_RUNNING_PER_PROVIDER', 'CONCEPT_MAX_RUNNING_GENERATION'])(
    'run one after the other with %s=1',
    async (limit) => {
      expect(overlap(await drained(2, { [limit]: '1' }))).toBe(false);
    },
  );
});

describe('tasks of two users', () => {
  it('run side by side, but one of each at a time, with CONCEPT_MAX_RUNNING_PER_USER=1', async () => {
    const tasks = await drained(4, { CONCEPT_MAX_RUNNING_PER_USER: '1' });
    expect(overlap(tasks)).toBe(true);
    for (const user of USERS) expect(overlap(of(user, tasks))).toBe(false);
  });

  it('run side by side for each without a limit', async () => {
    const tasks = await drained(4, {});
    expect(USERS.some((user) => overlap(of(user, tasks)))).toBe(true);
  });
});

/** A task starts when it is claimed, be it for a slot or ahead of one. */
describe('a worker with one slot', () => {
  it('claims ahead as many tasks as CONCEPT_PREFETCH says', async () => {
    const starts = (await drained(1, { CONCEPT_PREFETCH: '5' })).map(startOf);
    expect(new Set(starts).size).toBe(1);
  });

  it('claims none ahead with CONCEPT_PREFETCH=0', async () => {
    expect(overlap(await drained(1, { CONCEPT_PREFETCH: '0' }))).toBe(false);
  });
});
