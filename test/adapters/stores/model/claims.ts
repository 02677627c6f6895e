import { expect } from 'vitest';
import type { ClaimedTask } from '../../../../src/ports/task-leases.ts';
import { claimOrder, isAlive, isInTwilight, type Model, type ModelTask, type Now, promote } from './model.ts';
import { at, nowOf, type Outcome, outcomeOf, type Scene } from './ordered-calls.ts';
import type { ClaimSpec } from './operations.ts';

/** Claims, and compares what was claimed with what might or must have been. */
export async function claim(scene: Scene, spec: ClaimSpec): Promise<void> {
  const { model, clock, store } = scene;
  const worker = at(model.workers.slice(-3), spec.worker);
  if (!worker) return;
  const { types, limit, ahead, provider, limits } = spec;
  const taskId = spec.named === null ? undefined : at([...model.tasks.keys()], spec.named);
  const request = { workerId: worker.id, types, taskId, limit, ahead, provider, limits };
  const outcome = await outcomeOf(store.leases.claim(request));
  const now = nowOf(clock);
  if (!isAlive(model, worker.id, now)) return expect(outcome.code).toBe('LEASE_LOST');
  expect(outcome.code).toBeNull();
  promote(model, now);
  compareClaim(model, { ...spec, taskId }, outcome, now);
}

type Request = ClaimSpec & { readonly taskId: string | undefined };

function compareClaim(model: Model, request: Request, { value }: Outcome, now: Now): void {
  const claimed = value as readonly ClaimedTask[];
  const candidates = [...model.tasks.values()].filter((task) => isCandidate(task, request));
  const doubtful = candidates.filter((task) => isInTwilight(task, now));
  const exact = claimOrder(candidates);
  expect(claimed.length).toBeLessThanOrEqual(request.limit + request.ahead);
  for (const [index, each] of claimed.entries()) {
    const task = model.tasks.get(each.task.id);
    expect(candidates, 'only what is in line is claimed').toContain(task);
    if (index >= request.limit) expect(task).toMatchObject({ attempt: 0, hasError: false });
    expect(hasRoom(model, request, task!), 'the limits hold').toBe(true);
    take(model, task!, each, { isAhead: index >= request.limit, provider: request.provider, now });
  }
  if (doubtful.length > 0) return;
  if (!request.limits && request.ahead === 0) {
    expect(claimed.map(({ task }) => task.id)).toEqual(exact.slice(0, request.limit).map(({ id }) => id));
  } else if (request.limits?.perUser === undefined || model.freshlySwept) {
    compareRest(model, request, claimed);
  }
}

function isCandidate(task: ModelTask, { types, taskId }: Request): boolean {
  const { id, type, status, waiting } = task;
  const isWanted = (types?.includes(type) ?? true) && (taskId === undefined || taskId === id);
  return isWanted && status === 'pending' && !waiting;
}

function hasRoom(model: Model, { limits = {}, provider }: Request, task: ModelTask): boolean {
  const running = [...model.tasks.values()].filter(({ status }) => status === 'processing');
  const isBelow = (limit: number | undefined, counts: (other: ModelTask) => boolean): boolean =>
    limit === undefined || running.filter(counts).length < limit;
  return (
    isBelow(limits.total, () => true) &&
    isBelow(limits.perUser, ({ userId }) => userId === task.userId) &&
    isBelow(task.type === 'generation' ? limits.perType?.generation : undefined, ({ type }) => type === task.type) &&
    isBelow(provider === undefined ? undefined : limits.perProvider, (other) => other.provider === provider)
  );
}

function take(
  model: Model,
  task: ModelTask,
  { task: given, lease, checkpoints }: ClaimedTask,
  { isAhead, provider, now }: { readonly isAhead: boolean; readonly provider: string | undefined; readonly now: Now },
): void {
  Object.assign(task, { status: 'processing', attempt: task.attempt + 1, lease, provider, held: isAhead });
  task.updatedAtMs = now.wallMs;
  task.events.push(['claimed', task.attempt]);
  expect(given).toMatchObject({ status: 'processing', attempt: task.attempt, leaseToken: lease.token });
  expect(checkpoints.map(({ stage }) => stage)).toEqual(task.stages);
  expect(
    model.leases.map(({ token }) => token),
    'a token is never given twice',
  ).not.toContain(lease.token);
  model.leases.push(lease);
  const { priority, turn } = task;
  model.turnsServed.set(priority, Math.max(model.turnsServed.get(priority) ?? 0, turn));
}

/** Nothing that the limits let through is left, and nothing that comes first. */
function compareRest(model: Model, request: Request, claimed: readonly ClaimedTask[]): void {
  const left = [...model.tasks.values()].filter((task) => isCandidate(task, request) && hasRoom(model, request, task));
  if (claimed.length < request.limit)
    expect(
      left.map(({ id }) => id),
      'the slots are filled',
    ).toEqual([]);
  const inSlots = claimed.slice(0, request.limit).map(({ task }) => model.tasks.get(task.id)!);
  for (const task of inSlots) {
    const passedOver = left.filter((other) => comesFirst(other, task));
    expect(passedOver, 'nobody is passed over').toEqual([]);
  }
}

function comesFirst(a: ModelTask, b: ModelTask): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.turn < b.turn);
}
