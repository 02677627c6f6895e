import type { ClaimLimits } from '../../../core/claim-limits.ts';
import { TASK_TYPES, type TaskType, WIRE_NAMES } from '../../../core/task.ts';
import type { ClaimRequest } from '../../../ports/task-leases.ts';
import type { Session } from './session.ts';

/** Running tasks are few, so they are counted anew for each claim: a counter could go wrong. */
const COUNT_RUNNING = `
  SELECT type, user_id AS userId, provider, count(*) AS count FROM task WHERE status = 'processing'
  GROUP BY type, user_id, provider`;

interface RunningRow {
  readonly type: string;
  readonly userId: string;
  readonly provider: string | null;
  readonly count: number;
}

/** How many tasks a claim may still take under its limits. */
export interface ClaimRoom {
  /** Of any type and user. */
  readonly total: number;
  /** Types that have room. */
  types(): readonly TaskType[];
  /** Whether this user is at the limit. */
  isFull(userId: string): boolean;
  /** Whether the type (wire name) has room. */
  hasRoom(type: string): boolean;
  /** Counts a task that is being claimed. */
  take(type: string, userId: string): void;
}

export function isLimited(limits: ClaimLimits | undefined): limits is ClaimLimits {
  if (!limits) return false;
  const { total, perType, perUser, perProvider } = limits;
  const perTypes = Object.values(perType ?? {});
  return [total, perUser, perProvider, ...perTypes].some((limit) => limit !== undefined);
}

export function roomWithin(session: Session, { limits = {}, provider, types = TASK_TYPES }: ClaimRequest): ClaimRoom {
  const running = session.all<RunningRow>(COUNT_RUNNING);
  const sum = (matches: (row: RunningRow) => boolean): number =>
    running.reduce((total, row) => total + (matches(row) ? row.count : 0), 0);
  const users = new Map<string, number>();
  for (const { userId, count } of running) users.set(userId, (users.get(userId) ?? 0) + count);
  const { total = Infinity, perProvider = Infinity, perUser = Infinity, perType = {} } = limits;
  const ofProvider = provider === undefined ? Infinity : perProvider - sum((row) => row.provider === provider);
  const typeRoom = new Map(
    types.map((type) => [WIRE_NAMES[type] as string, (perType[type] ?? Infinity) - sum(isOf(WIRE_NAMES[type]))]),
  );
  const runningOf = (userId: string): number => users.get(userId) ?? 0;
  const hasRoom = (type: string): boolean => (typeRoom.get(type) ?? 0) > 0;
  return {
    total: Math.max(0, Math.min(total - sum(() => true), ofProvider)),
    types: () => types.filter((type) => hasRoom(WIRE_NAMES[type])),
    isFull: (userId) => runningOf(userId) >= perUser,
    hasRoom,
    take: (type, userId) => {
      typeRoom.set(type, typeRoom.get(type)! - 1);
      users.set(userId, runningOf(userId) + 1);
    },
  };
}

function isOf(wireName: string): (row: RunningRow) => boolean {
  return ({ type }) => type === wireName;
}
