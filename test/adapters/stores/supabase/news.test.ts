import { expect, test } from 'vitest';
import { supabaseEvents } from '../../../../src/adapters/stores/supabase/reads.ts';
import type { Rpc } from '../../../../src/adapters/stores/supabase/rpc.ts';

const EVENT = { taskId: 't', seq: 1, type: 'claimed', at: '2026-01-01T00:00:00.000Z', attempt: 1, data: {} };

/** Answers every call alike. */
function rpcOf(answer: object): Rpc {
  const call = async <T>(): Promise<T> => answer as T;
  return { read: call, write: call };
}

const evenly = { random: () => 0.5 };

async function timeOf(wait: Promise<void>): Promise<number> {
  const started = performance.now();
  await wait;
  return performance.now() - started;
}

test('a reader asks soon at first, then less often, and soon again after an event', async () => {
  const events = supabaseEvents(rpcOf({ events: [EVENT] }), evenly);
  const reader = {};
  const waits: number[] = [];
  while (waits.length < 4) waits.push(await timeOf(events.news(10_000, { reader })));
  expect(waits[0]).toBeLessThan(200);
  expect(waits[3]).toBeGreaterThan(300);
  await events.list({ taskId: 't' });
  expect(await timeOf(events.news(10_000, { reader }))).toBeLessThan(250);
});

test('nothing new makes nobody ask sooner, and readers have paces of their own', async () => {
  const events = supabaseEvents(rpcOf({ events: [] }), evenly);
  const reader = {};
  for (let count = 0; count < 3; count += 1) await events.news(10_000, { reader });
  await events.list({ taskId: 't' });
  const [slow, fresh] = await Promise.all([
    timeOf(events.news(10_000, { reader })),
    timeOf(events.news(10_000, { reader: {} })),
  ]);
  expect(slow).toBeGreaterThan(300);
  expect(fresh).toBeLessThan(250);
});

test('no reader waits for longer than it wants to, nor after its signal', async () => {
  const events = supabaseEvents(rpcOf({ events: [] }), evenly);
  expect(await timeOf(events.news(5))).toBeLessThan(80);
  expect(await timeOf(events.news(10_000, { signal: AbortSignal.abort() }))).toBeLessThan(80);
});
