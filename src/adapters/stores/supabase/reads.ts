import { delay } from '../../../core/abort.ts';
import type { Concept } from '../../../core/concept.ts';
import { invalidInput } from '../../../core/errors.ts';
import type { TaskEvent } from '../../../core/event.ts';
import { isoTimeMs } from '../../../core/iso-time.ts';
import { cutPage, pageBounds } from '../../../core/page-request.ts';
import { jittered } from '../../../core/retry.ts';
import type { Batch, BatchStore, BatchSummary } from '../../../ports/batch-store.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ConceptStore } from '../../../ports/concept-store.ts';
import type { CreditBalance, CreditLedger } from '../../../ports/credit-ledger.ts';
import type { EventLog } from '../../../ports/event-log.ts';
import type { ResultStore } from '../../../ports/result-store.ts';
import type { FinishedTask, RemovedTask, Retention } from '../../../ports/retention.ts';
import type { CreditCosts } from '../../../ports/store.ts';
import type { DataResult } from '../../../ports/task-leases.ts';
import type { Rpc } from './rpc.ts';
import { wireCosts } from './task-json.ts';

const DEFAULT_EVENTS = 1_000;
/** Nothing rings here: who follows a task asks again after so long, soon at first and after anything new. */
const NEWS_MS = { least: 100, most: 1_000, growth: 1.5 } as const;
/** A reader that was away for longer begins anew. */
const FORGET_MS = 5_000;

export function supabaseEvents(rpc: Rpc, clock: Pick<Clock, 'random'>): EventLog {
  const pace = createPace(clock);
  return {
    list: async ({ taskId, afterSeq = 0, limit = DEFAULT_EVENTS }, options) => {
      const request = { taskId, afterSeq, limit };
      const { events } = await rpc.read<{ events: readonly TaskEvent[] }>('list_events', request, options);
      if (events.length > 0) pace.quicken();
      return events;
    },
    news: (timeoutMs, options) => delay(Math.min(timeoutMs, pace.next(options?.reader ?? pace)), options?.signal),
  };
}

interface Pace {
  /** How long a reader waits now, in milliseconds, with jitter: many of them do not ask at the same moment. */
  next(reader: object): number;
  /** Something happened: more may follow soon. */
  quicken(): void;
}

function createPace({ random }: Pick<Clock, 'random'>): Pace {
  const readers = new WeakMap<object, { readonly waitMs: number; readonly atMs: number }>();
  let lastNewsMs = 0;
  return {
    next: (reader) => {
      const now = performance.now();
      const before = readers.get(reader);
      const isFresh = before === undefined || now - before.atMs > FORGET_MS || lastNewsMs > before.atMs;
      const waitMs = isFresh ? NEWS_MS.least : Math.min(NEWS_MS.most, before.waitMs * NEWS_MS.growth);
      readers.set(reader, { waitMs, atMs: now });
      return jittered(waitMs, random());
    },
    quicken: () => {
      lastNewsMs = performance.now();
    },
  };
}

export function supabaseConcepts(rpc: Rpc): ConceptStore {
  return {
    get: async (id, options) => {
      const request = { id, userId: options?.userId };
      return (await rpc.read<{ concept: Concept | null }>('get_concept', request, options)).concept ?? undefined;
    },
    list: async (query, options) => {
      const bounds = pageBounds(query);
      const request = { userId: query.userId, before: bounds.before, limit: bounds.limit + 1 };
      const { rows } = await rpc.read<{ rows: readonly { seq: number; concept: Concept }[] }>(
        'list_concepts',
        request,
        options,
      );
      const page = cutPage(rows, bounds);
      return { concepts: page.rows.map(({ concept }) => concept), nextCursor: page.nextCursor };
    },
  };
}

export function supabaseResults(rpc: Rpc): ResultStore {
  return {
    get: async (taskId, options) =>
      (await rpc.read<{ result: DataResult | null }>('get_result', { taskId }, options)).result ?? undefined,
  };
}

export function supabaseBatches(rpc: Rpc): BatchStore {
  return {
    open: async (batch, options) => (await rpc.write<{ batch: Batch }>('open_batch', batch, options)).batch,
    get: async (idOrName, options) => {
      const request = { idOrName, userId: options?.userId };
      const { batch } = await rpc.read<{ batch: Omit<BatchSummary, 'total'> | null }>('get_batch', request, options);
      if (!batch) return undefined;
      const { pending, processing, completed, failed, cancelled } = batch.counts;
      return { ...batch, total: pending + processing + completed + failed + cancelled };
    },
  };
}

/** Grants also tell the database what tasks cost: users who call it themselves have no say in that. */
export function supabaseCredits(rpc: Rpc, creditCosts: CreditCosts | undefined): CreditLedger {
  const costs = wireCosts(creditCosts);
  return {
    grant: async (request, options) => {
      if (!Number.isSafeInteger(request.amount) || request.amount < 1) {
        throw invalidInput('amount', `expected a whole number from 1, received ${request.amount}`);
      }
      return rpc.write<CreditBalance>('grant_credits', { ...request, costs }, options);
    },
    balance: (userId, options) => rpc.read<CreditBalance>('credit_balance', { userId }, options),
  };
}

export function supabaseRetention(rpc: Rpc): Retention {
  return {
    pin: async (id, pinned, options) => {
      await rpc.write('pin_task', { id, pinned, userId: options?.userId }, options);
    },
    finished: async (request, options) => {
      const bounds = pageBounds(request);
      const asked = { before: bounds.before, limit: bounds.limit + 1 };
      const { rows } = await rpc.read<{ rows: readonly (FinishedTask & { seq: number })[] }>(
        'finished_tasks',
        asked,
        options,
      );
      const page = cutPage(rows, bounds);
      return { tasks: page.rows.map(finishedOf), nextCursor: page.nextCursor };
    },
    remove: async (ids, options) =>
      (await rpc.write<{ removed: readonly RemovedTask[] }>('remove_tasks', { ids }, options)).removed,
    referenced: async (paths, options) =>
      (await rpc.read<{ paths: readonly string[] }>('referenced_blobs', { paths }, options)).paths,
    prune: async (before, options) => {
      const time = new Date(isoTimeMs(before, 'before')).toISOString();
      return (await rpc.write<{ pruned: number }>('prune', { before: time }, options)).pruned;
    },
  };
}

function finishedOf({ taskId, completedAt, bytes, pinned, inUse }: FinishedTask): FinishedTask {
  return { taskId, completedAt, bytes, pinned, inUse };
}
