import { describe, expect, test } from 'vitest';
import type { Child } from '../adapters/stores/sqlite/child-process.ts';
import { attemptsOf, type ChildLine, submitTasks, useFaultScene } from './fault-support.ts';

const PROCESSES = 4;
const WORKERS = 25;
const TASKS = 2_000;

const scene = useFaultScene({ withChildren: true });
const complaintsOf = (child: Child): ChildLine[] =>
  (child.lines as ChildLine[]).filter(({ level }) => level !== undefined);

// A hundred connections on two cores: about ten seconds.
describe('a hundred workers in four processes', () => {
  test('complete two thousand small tasks once each, without a loss or an error', async () => {
    const { store } = await scene.open();
    const starting = Array.from({ length: PROCESSES }, () => scene.start({ workers: WORKERS }));
    const children = await Promise.all(starting);
    const ids: string[] = [];
    for (let chunk = 0; chunk < 10; chunk++) ids.push(...(await submitTasks(store, TASKS / 10)));
    while ((await store.tasks.counts({})).completed < TASKS) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await scene.stop()).toEqual(children.map(() => ({ code: 0, stderr: '' })));

    const attempts = children.flatMap(attemptsOf);
    expect(attempts.filter(({ outcome }) => outcome !== 'completed')).toEqual([]);
    expect(attempts.map(({ taskId }) => String(taskId)).toSorted()).toEqual(ids.toSorted());
    expect(children.flatMap(complaintsOf)).toEqual([]);
    expect(await store.tasks.counts({})).toMatchObject({ pending: 0, processing: 0, completed: TASKS, failed: 0 });
    expect(await store.workers.live()).toEqual([]);
    expect((await store.diagnose()).problems).toEqual([]);
  }, 90_000);
});
