import type { Concept } from '../../../src/core/concept.ts';
import type { NewTask, ProcessingTask, Task, TaskError } from '../../../src/core/task.ts';
import type { ClaimedTask, ClaimRequest, DataResult } from '../../../src/ports/task-leases.ts';
import { conceptFor, newTask, providerFailure, storedImage } from '../fixtures.ts';
import { isoAt, type Scene } from './harness.ts';

let workers = 0;

/** Claims by a request and gives the ids in the order of the claim. */
export async function claimIds(scene: Scene, request: ClaimRequest): Promise<string[]> {
  const claimed = await scene.store.leases.claim(request);
  return claimed.map(({ task }) => task.id);
}

/** Claims one task after the other, `count` of them, which must be there. */
export async function claimInTurn({ claim }: Scene, workerId: string, count: number): Promise<ProcessingTask[]> {
  const tasks: ProcessingTask[] = [];
  while (tasks.length < count) tasks.push((await claim(workerId)).task);
  return tasks;
}

/** Submits `count` tasks in one call and gives their ids. */
export async function submitSome(
  { store, clock }: Scene,
  count: number,
  overrides?: Partial<NewTask>,
): Promise<string[]> {
  const outcomes = await store.tasks.submitMany(Array.from({ length: count }, () => newTask(clock, overrides)));
  return outcomes.map(({ task }) => task.id);
}

/** Submits a task and claims it by a worker of its own. */
export async function start(scene: Scene, overrides?: Partial<NewTask>): Promise<ClaimedTask> {
  const { id } = await scene.submit(overrides);
  const workerId = `starter-${(workers += 1)}`;
  await scene.register(workerId);
  const [claimed] = await scene.store.leases.claim({ workerId, taskId: id, limit: 1 });
  if (!claimed) throw new Error(`task ${id} was not claimed`);
  return claimed;
}

export async function completeClaimed(
  { store, clock }: Scene,
  { task, lease }: ClaimedTask,
  changes: Partial<Concept> = {},
): Promise<Concept> {
  const concept = { ...conceptFor(task, isoAt(clock)), ...changes };
  await store.leases.complete({ lease, result: { concept, partial: false } });
  return concept;
}

/** Submits a task and completes it with a concept. */
export async function finishConcept(
  scene: Scene,
  overrides?: Partial<NewTask>,
  changes?: Partial<Concept>,
): Promise<Concept> {
  return completeClaimed(scene, await start(scene, overrides), changes);
}

/** Submits a task and has it fail for good. */
export async function finishFailed(
  scene: Scene,
  overrides?: Partial<NewTask>,
  error: TaskError = providerFailure(),
): Promise<Task> {
  const { lease } = await start(scene, overrides);
  return scene.store.leases.fail({ lease, error, retryAt: null });
}

/** A valid result of a type that makes no concept, with two files. */
export function dataResultFor(task: Pick<Task, 'id' | 'userId'>, changes: Partial<DataResult> = {}): DataResult {
  const files = [storedImage(task, 'small'), storedImage(task, 'large')];
  return {
    data: { outputs: ['small', 'large'], colors: [{ hex: '#2e7d32', share: 0.5 }] },
    files,
    partial: false,
    ...changes,
  };
}
