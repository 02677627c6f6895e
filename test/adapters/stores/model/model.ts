import type { Lease, TaskStatus, TaskType } from '../../../../src/core/task.ts';

/** A task as the reference sees it. */
export interface ModelTask {
  readonly id: string;
  readonly userId: string;
  readonly type: TaskType;
  readonly priority: number;
  readonly maxAttempts: number;
  readonly key: string | null;
  readonly inputHash: string;
  readonly batchId: string | null;
  readonly order: number;
  /** 0 while it waits for its time and never ran. */
  turn: number;
  runAtMs: number;
  updatedAtMs: number;
  /** Set aside until its time comes. */
  waiting: boolean;
  status: TaskStatus;
  attempt: number;
  hasError: boolean;
  lease: Lease | null;
  provider: string | undefined;
  held: boolean;
  hold: number;
  stages: string[];
  /** Type and attempt of each event. */
  readonly events: (readonly [string, number])[];
}

export interface ModelWorker {
  readonly id: string;
  expiresAtMs: number;
  retired: boolean;
}

/** What the store must hold, in its plainest form: two dozen lines of state, no index, no transaction. */
export interface Model {
  readonly tasks: Map<string, ModelTask>;
  readonly workers: ModelWorker[];
  /** All leases ever given. */
  readonly leases: Lease[];
  readonly balances: Map<string, { available: number; held: number }>;
  /** Keys of the grants that were made. */
  readonly grants: Set<string>;
  readonly turnsGiven: Map<string, number>;
  readonly turnsServed: Map<number, number>;
  readonly costs: Readonly<Partial<Record<TaskType, number>>>;
  /** Whether the last thing that happened was a sweep: nothing may be left behind then. */
  freshlySwept: boolean;
  submitted: number;
}

export function createModel(costs: Model['costs']): Model {
  return {
    tasks: new Map(),
    workers: [],
    leases: [],
    balances: new Map(),
    grants: new Set(),
    turnsGiven: new Map(),
    turnsServed: new Map(),
    costs,
    freshlySwept: false,
    submitted: 0,
  };
}

export interface Now {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function isFinished({ status }: ModelTask): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

export function isAlive(model: Model, workerId: string, { monotonicMs }: Now): boolean {
  const worker = model.workers.find(({ id }) => id === workerId);
  return worker !== undefined && !worker.retired && worker.expiresAtMs > monotonicMs;
}

/** The task that the lease gives the right to write. */
export function leased(model: Model, lease: Lease, now: Now): ModelTask | undefined {
  const task = model.tasks.get(lease.taskId);
  const isHeld = task?.status === 'processing' && task.lease?.token === lease.token;
  return isHeld && isAlive(model, lease.workerId, now) ? task : undefined;
}

export function balanceOf(model: Model, userId: string): { available: number; held: number } {
  let balance = model.balances.get(userId);
  if (!balance) model.balances.set(userId, (balance = { available: 0, held: 0 }));
  return balance;
}

/** @returns whether there was enough. */
export function hold(model: Model, task: Pick<ModelTask, 'userId' | 'type'>): number | undefined {
  const cost = model.costs[task.type] ?? 0;
  const balance = balanceOf(model, task.userId);
  if (balance.available < cost) return undefined;
  balance.available -= cost;
  balance.held += cost;
  return cost;
}

export function settleHold(model: Model, task: ModelTask, how: 'capture' | 'refund'): void {
  const balance = balanceOf(model, task.userId);
  balance.held -= task.hold;
  if (how === 'refund') balance.available += task.hold;
  task.hold = 0;
}

export function takeTurn(model: Model, priority: number, userId: string): number {
  const user = `${priority} ${userId}`;
  const turn = Math.max(model.turnsGiven.get(user) ?? 0, model.turnsServed.get(priority) ?? 0) + 1;
  model.turnsGiven.set(user, turn);
  return turn;
}

/** Notes what happened to a task; its lease ends with every change but a claim. */
export function change(task: ModelTask, now: Now, fields: Partial<ModelTask>, event: string, attempt?: number): void {
  Object.assign(task, { lease: null, held: false, updatedAtMs: now.wallMs }, fields);
  task.events.push([event, attempt ?? task.attempt]);
}

/** Tasks whose time has come are in line from now on, whatever the wall clock does. */
export function promote(model: Model, { wallMs }: Now): void {
  const due = [...model.tasks.values()].filter(({ waiting, runAtMs }) => waiting && runAtMs <= wallMs);
  for (const task of due.toSorted((a, b) => a.runAtMs - b.runAtMs || a.order - b.order)) {
    task.waiting = false;
    if (task.turn === 0) task.turn = takeTurn(model, task.priority, task.userId);
  }
}

/** In line once, and not by the wall clock as it has been set since: either answer is right. */
export function isInTwilight(task: ModelTask, { wallMs }: Now): boolean {
  return task.status === 'pending' && !task.waiting && task.runAtMs > Math.max(wallMs, task.updatedAtMs);
}

/** Claim order without limits: by priority and turn, whatever the types. */
export function claimOrder(tasks: readonly ModelTask[]): readonly ModelTask[] {
  return tasks.toSorted((a, b) => b.priority - a.priority || a.turn - b.turn || a.order - b.order);
}
