import fc from 'fast-check';
import { TASK_TYPES, type TaskType } from '../../../../src/core/task.ts';

/** Users, keys, batches and times are few on purpose: operations shall meet. */
export const USERS = ['u0', 'u1', 'u2'] as const;
export const BATCHES = ['b0', 'b1'] as const;
export const LEASE_MS = 30_000;
const HOUR_MS = 3_600_000;

export interface TaskSpec {
  readonly user: number;
  readonly type: TaskType;
  readonly priority: number;
  /** Of its run_at, from now. */
  readonly delayMs: number;
  readonly key: number | null;
  /** Which of two inputs: the same key with another one is a conflict. */
  readonly text: number;
  readonly batch: number | null;
}

export interface ClaimSpec {
  readonly worker: number;
  readonly types: readonly TaskType[] | undefined;
  /** Picks the one task to claim. */
  readonly named: number | null;
  readonly limit: number;
  readonly ahead: number;
  readonly provider: string | undefined;
  readonly limits:
    | { readonly total?: number; readonly perType?: { generation: number }; perUser?: number; perProvider?: number }
    | undefined;
}

/** What a worker writes under one of the leases that were ever given, valid or stale. */
export const LEASE_WRITES = ['record', 'checkpoint', 'complete', 'fail', 'reschedule', 'release'] as const;

/** Of the checkpoints: the second one's are finished parts of a result. */
export const STAGES = ['image-storage', 'concept-storage'] as const;

/** Operations that take effect in the order of their calls, so several may be called at once. */
export type OrderedOperation =
  | { readonly kind: 'submit'; readonly specs: readonly TaskSpec[] }
  | { readonly kind: (typeof LEASE_WRITES)[number]; readonly lease: number; readonly delayMs: number }
  | { readonly kind: 'heartbeat'; readonly worker: number }
  | { readonly kind: 'retire'; readonly worker: number }
  | { readonly kind: 'cancel' | 'retry'; readonly task: number }
  | {
      readonly kind: 'cancelMany' | 'retryMany';
      readonly user: number | null;
      readonly batch: number | null;
      readonly limit: number;
    }
  | { readonly kind: 'grant'; readonly user: number; readonly amount: number }
  | { readonly kind: 'remove'; readonly task: number }
  | { readonly kind: 'prune' };

export type Operation =
  | OrderedOperation
  | { readonly kind: 'together'; readonly operations: readonly OrderedOperation[] }
  | { readonly kind: 'register' }
  | ({ readonly kind: 'claim' } & ClaimSpec)
  | { readonly kind: 'sweep' }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'step'; readonly ms: number };

/** An operation and the client that calls it. */
export interface Step {
  readonly client: number;
  readonly operation: Operation;
}

const pick = fc.nat({ max: 40 });
const type: fc.Arbitrary<TaskType> = fc.constantFrom('generation', 'rendition');
const delayMs = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(-5_000, 900, 5_000, 60_000));
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 2 });

const spec: fc.Arbitrary<TaskSpec> = fc.record({
  user: fc.nat({ max: USERS.length - 1 }),
  type,
  priority: fc.constantFrom(0, 0, 0, 5),
  delayMs,
  key: maybe(fc.nat({ max: 3 })),
  text: fc.constantFrom(0, 0, 0, 1),
  batch: maybe(fc.nat({ max: BATCHES.length - 1 })),
});

const limits = fc.constantFrom<ClaimSpec['limits']>(
  { total: 3 },
  { perUser: 1 },
  { perUser: 1, total: 4 },
  { perType: { generation: 1 } },
  { perProvider: 2 },
);

const claim: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant('claim' as const),
  worker: pick,
  types: fc.option(fc.subarray([...TASK_TYPES], { minLength: 1 }), { nil: undefined, freq: 3 }),
  named: fc.option(pick, { freq: 5 }).map((named) => (named !== null && named % 3 === 0 ? named : null)),
  limit: fc.integer({ min: 1, max: 4 }),
  ahead: fc.constantFrom(0, 0, 2),
  provider: fc.constantFrom(undefined, 'p'),
  limits: fc.option(limits, { nil: undefined, freq: 2 }),
});

const leaseWrite = fc.record({ kind: fc.constantFrom(...LEASE_WRITES), lease: pick, delayMs });
const many = fc.record({
  kind: fc.constantFrom('cancelMany' as const, 'retryMany' as const),
  user: maybe(fc.nat({ max: USERS.length - 1 })),
  batch: maybe(fc.nat({ max: BATCHES.length - 1 })),
  limit: fc.integer({ min: 1, max: 4 }),
});

const ordered: fc.Arbitrary<OrderedOperation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      specs: fc.array(spec, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 9, arbitrary: leaseWrite },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('heartbeat' as const), worker: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retire' as const), worker: pick }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retry' as const), task: pick }) },
  { weight: 1, arbitrary: many },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('grant' as const),
      user: fc.nat({ max: 2 }),
      amount: fc.constantFrom(3, 9),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), task: pick }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'prune' as const }) },
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: ordered },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('together' as const),
      operations: fc.array(ordered, { minLength: 2, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'register' as const }) },
  { weight: 7, arbitrary: claim },
  { weight: 2, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.constantFrom(1, 900, 5_000, LEASE_MS - 1, LEASE_MS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      ms: fc.constantFrom(HOUR_MS, -HOUR_MS, 600_000, -600_000, 500, -500),
    }),
  },
);

/** Programs of up to `length` steps. */
export function programs(length: number): fc.Arbitrary<readonly Step[]> {
  return fc.array(fc.record({ client: fc.nat({ max: 2 }), operation }), {
    minLength: 1,
    maxLength: length,
    size: 'max',
  });
}
