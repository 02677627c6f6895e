import type { DriverChoice } from './driver.ts';

export type Server = 'redis' | 'postgres';

/** One line of each table: a queue with its settings. */
export interface System {
  readonly id: string;
  readonly title: string;
  readonly driver: DriverChoice;
  /** Ours, or a peer that ours is compared with. */
  readonly isOurs: boolean;
  readonly needs: Server | null;
  readonly node: 20 | 24;
  /** What an acknowledged task survives, in words. */
  readonly durability: string;
  /** An acknowledged task survives a power cut: only such systems count for the budgets. */
  readonly isDurable: boolean;
  /** A worker takes tasks in batches that are larger than its free slots. */
  readonly takesAhead: boolean;
  /** The measurements that it takes part in; all of them when left out. */
  readonly measures?: readonly string[];
}

const FULL = 'survives a power cut: SQLite WAL, synchronous=FULL';
const NORMAL = 'survives kill -9, a power cut loses the last moments: SQLite WAL, synchronous=NORMAL';
const SYNCHRONOUS_COMMIT = 'survives a power cut: Postgres, synchronous_commit=on';
const SHARED_MEASURES = ['enqueue', 'drain', 'latency'];

const concept = {
  name: 'concept',
  durability: 'full',
  prefetch: 'auto',
  entrance: 'store',
  users: 1,
  limits: false,
} as const;
const ours = { isOurs: true, needs: null, node: 24, durability: FULL, isDurable: true, takesAhead: true } as const;
const onRedis = { isOurs: false, needs: 'redis', node: 24, takesAhead: false } as const;
const onPostgres = {
  isOurs: false,
  needs: 'postgres',
  node: 24,
  durability: SYNCHRONOUS_COMMIT,
  isDurable: true,
} as const;

/** What the peers' own pages on performance use for very fast tasks. */
const LARGE_BATCH = 500;

/** Peers run with the settings that their documentation recommends for throughput, and once more without batching. */
export const SYSTEMS: readonly System[] = [
  { ...ours, id: 'concept', title: 'concept', driver: concept },
  {
    ...ours,
    id: 'concept-one-by-one',
    title: 'concept, no prefetch',
    driver: { ...concept, prefetch: 0 },
    takesAhead: false,
    measures: ['drain'],
  },
  {
    ...ours,
    id: 'concept-fair',
    title: 'concept, 100 users, limits',
    driver: { ...concept, users: 100, limits: true },
    measures: ['drain'],
  },
  {
    ...ours,
    id: 'concept-normal',
    title: 'concept, normal',
    driver: { ...concept, durability: 'normal' },
    durability: NORMAL,
    isDurable: false,
  },
  {
    ...ours,
    id: 'concept-client',
    title: 'concept, through the SDK',
    driver: { ...concept, entrance: 'client' },
    measures: ['enqueue'],
  },
  { ...ours, id: 'concept-node20', title: 'concept on Node 20', driver: concept, node: 20, measures: SHARED_MEASURES },
  {
    ...onRedis,
    id: 'bullmq-everysec',
    title: 'BullMQ, everysec',
    driver: { name: 'bullmq', appendfsync: 'everysec' },
    durability: 'survives kill -9, a power cut loses up to a second: Redis, appendfsync=everysec',
    isDurable: false,
  },
  {
    ...onRedis,
    id: 'bullmq-always',
    title: 'BullMQ, always',
    driver: { name: 'bullmq', appendfsync: 'always' },
    durability: 'survives a power cut: Redis, appendfsync=always',
    isDurable: true,
  },
  {
    ...onPostgres,
    id: 'graphile-worker',
    title: 'graphile-worker',
    driver: { name: 'graphile-worker', localQueueSize: null },
    takesAhead: false,
    measures: SHARED_MEASURES,
  },
  {
    ...onPostgres,
    id: 'graphile-worker-tuned',
    title: 'graphile-worker, local queue 500',
    driver: { name: 'graphile-worker', localQueueSize: LARGE_BATCH },
    takesAhead: true,
    measures: ['drain', 'latency'],
  },
  {
    ...onPostgres,
    id: 'pg-boss',
    title: 'pg-boss, notify + burst',
    driver: { name: 'pg-boss', batchSize: null },
    takesAhead: false,
    measures: SHARED_MEASURES,
  },
  {
    ...onPostgres,
    id: 'pg-boss-500',
    title: 'pg-boss, batch 500',
    driver: { name: 'pg-boss', batchSize: LARGE_BATCH },
    takesAhead: true,
    measures: ['drain'],
  },
];
