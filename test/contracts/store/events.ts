import { describe, expect } from 'vitest';
import type { TaskEvent } from '../../../src/core/event.ts';
import { conceptFor, providerFailure } from '../fixtures.ts';
import { isoAt, LEASE_MS, type MakeStore, type Scene, storeTest } from './harness.ts';

/** News has to come at once; a wait that long means that it did not. */
const LONG_MS = 10_000;

export function testEvents(make: MakeStore): void {
  const test = storeTest(make);

  describe('events', () => {
    test('tell the whole story of a task without a gap', async (scene) => {
      const { store, clock, submit, claim } = scene;
      const { id } = await submit();
      await threeAttempts(scene);
      const { task, lease } = await claim('w2');
      await store.leases.complete({ lease, result: { concept: conceptFor(task, isoAt(clock)), partial: false } });
      const events = await store.events.list({ taskId: id });
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.map(({ type, attempt }) => [type, attempt])).toEqual([
        ['submitted', 0],
        ['claimed', 1],
        ['stage.started', 1],
        ['stage.completed', 1],
        ['rescheduled', 1],
        ['claimed', 2],
        ['released', 2],
        ['claimed', 2],
        ['lease.expired', 2],
        ['claimed', 3],
        ['completed', 3],
      ]);
    });

    test('carry the time at which they happened when they are told later', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      clock.advance(40);
      const at = isoAt(clock, -25);
      await store.leases.record({
        lease,
        events: [
          { type: 'stage.started', data: { stage: 's' }, at },
          { type: 'stage.completed', data: { stage: 's' } },
        ],
      });
      const told = await store.events.list({ taskId: id, afterSeq: 2 });
      expect(told.map((event) => event.at)).toEqual([at, isoAt(clock)]);
    });

    test('carry their task, time and data', async ({ store, clock, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      clock.advance(40);
      const data = { stage: 'palettes', durationMs: 12.5, nested: { list: [null, 'ü'] } };
      await store.leases.record({ lease, events: [{ type: 'stage.completed', data }] });
      const error = providerFailure({ retryable: false });
      await store.leases.fail({ lease, error, retryAt: null });
      const events = await store.events.list({ taskId: id, afterSeq: 1 });
      expect(events).toEqual([
        expect.objectContaining({ type: 'claimed', data: expect.objectContaining({ workerId: 'w' }) }),
        { taskId: id, seq: 3, type: 'stage.completed', at: isoAt(clock), attempt: 1, data },
        expect.objectContaining({ type: 'failed', data: expect.objectContaining({ error }) }),
      ]);
    });

    test('of a cancel and a retry are there', async ({ store, submit }) => {
      const { id } = await submit();
      await store.tasks.cancel(id);
      await store.tasks.retry(id);
      expect(typesOf(await store.events.list({ taskId: id }))).toEqual(['submitted', 'cancelled', 'retried']);
    });

    test('of a lease that expired on the last attempt end with the failure', async (scene) => {
      const { store, clock, submit, register, claim } = scene;
      const { id } = await submit({ maxAttempts: 1 });
      await register('dead');
      await claim('dead');
      clock.advance(LEASE_MS);
      await store.leases.sweep();
      const events = await store.events.list({ taskId: id });
      expect(typesOf(events)).toEqual(['submitted', 'claimed', 'lease.expired', 'failed']);
      expect(events[2]!.data).toMatchObject({ workerId: 'dead' });
      expect(events[3]!.data).toMatchObject({ error: { code: 'LEASE_EXPIRED' } });
    });

    test('written at once by many hands have no gap', async ({ store, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      const event = { type: 'stage.started', data: {} } as const;
      await Promise.all(Array.from({ length: 20 }, () => store.leases.record({ lease, events: [event, event] })));
      const events = await store.events.list({ taskId: id });
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 42 }, (_, index) => index + 1));
    });

    test('are read from a sequence number, up to a limit', async ({ store, submit, register, claim }) => {
      const { id } = await submit();
      await register('w');
      const { lease } = await claim('w');
      const events = Array.from({ length: 4 }, () => ({ type: 'stage.started', data: {} }) as const);
      await store.leases.record({ lease, events });
      const page = await store.events.list({ taskId: id, afterSeq: 2, limit: 3 });
      expect(page.map(({ seq }) => seq)).toEqual([3, 4, 5]);
      expect(await store.events.list({ taskId: id, afterSeq: 6 })).toEqual([]);
      expect(await store.events.list({ taskId: 'unknown' })).toEqual([]);
    });
  });

  describe('news', () => {
    test('wakes a waiting reader', async ({ store, submit }) => {
      await settle(store);
      const news = store.events.news(LONG_MS);
      await submit();
      await expect(within(news)).resolves.toBe('news');
    });

    test('wakes every waiting reader', async ({ store, submit }) => {
      const readers = [{}, {}, {}];
      for (const reader of readers) await store.events.news(1, { reader });
      const waits = readers.map((reader) => within(store.events.news(LONG_MS, { reader })));
      await submit();
      expect(await Promise.all(waits)).toEqual(['news', 'news', 'news']);
    });

    test('between two calls is not missed', async ({ store, submit }) => {
      await settle(store);
      await submit();
      await expect(within(store.events.news(LONG_MS))).resolves.toBe('news');
    });

    test('that one reader has seen still comes to another', async ({ store, submit }) => {
      const readers = [{}, {}, {}];
      for (const reader of readers) await store.events.news(1, { reader });
      await submit();
      for (const reader of readers) {
        await expect(within(store.events.news(LONG_MS, { reader }))).resolves.toBe('news');
      }
    });

    test('comes to an end by itself and by the signal', async ({ store }) => {
      await settle(store);
      await expect(within(store.events.news(5))).resolves.toBe('news');
      const abort = new AbortController();
      const aborted = store.events.news(LONG_MS, { signal: abort.signal });
      abort.abort();
      await expect(within(aborted)).resolves.toBe('news');
      await expect(within(store.events.news(LONG_MS, { signal: abort.signal }))).resolves.toBe('news');
    });
  });
}

/** Three attempts that end without a result: rescheduled, released (not counted), lost with their worker. */
async function threeAttempts({ store, clock, register, claim }: Scene): Promise<void> {
  await register('w1');
  const first = await claim('w1');
  await store.leases.record({
    lease: first.lease,
    events: [
      { type: 'stage.started', data: { stage: 'image' } },
      { type: 'stage.completed', data: { stage: 'image', durationMs: 3 } },
    ],
  });
  await store.leases.fail({ lease: first.lease, error: providerFailure(), retryAt: isoAt(clock) });
  await store.leases.release((await claim('w1')).lease);
  await claim('w1');
  clock.advance(LEASE_MS);
  await store.leases.sweep();
  await register('w2');
}

function typesOf(events: readonly TaskEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** The first call may resolve for nothing: takes it out of the way. */
async function settle(store: Scene['store']): Promise<void> {
  await store.events.news(1);
}

/** 'news' when the promise resolves well before {@link LONG_MS}, else 'none'. */
async function within(news: Promise<void>): Promise<'news' | 'none'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'none'>((resolve) => {
    timer = setTimeout(resolve, LONG_MS / 2, 'none');
  });
  try {
    return await Promise.race([news.then(() => 'news' as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
