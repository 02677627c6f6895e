import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchSilence } from '../../../../src/adapters/queues/pubsub/silence-watch.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

function watch() {
  const told: string[] = [];
  const silence = watchSilence({
    silenceMs: 120_000,
    onDead: () => told.push('dead'),
    onHopeless: () => told.push('hopeless'),
  });
  const retry = (times: number, everyMs: number): void => {
    for (let time = 0; time < times; time++) {
      silence.onRetry();
      vi.advanceTimersByTime(everyMs);
    }
  };
  return { told, retry, ...silence };
}

it('takes an idle stream that the service renews now and then for alive', () => {
  const { told, retry } = watch();
  retry(100, 15 * 60_000);
  expect(told).toEqual([]);
});

it('takes a stream that never gets through for dead, three times, and then for hopeless', () => {
  const { told, retry } = watch();
  retry(4, 1_000);
  vi.advanceTimersByTime(30_000);
  expect(told).toEqual([]);
  for (let round = 0; round < 4; round++) retry(10, 10_000);
  expect(told).toEqual(['dead', 'dead', 'dead', 'hopeless']);
});

it('begins anew with every message', () => {
  const { told, retry, onMessage } = watch();
  for (let round = 0; round < 6; round++) {
    retry(10, 4_000);
    onMessage();
  }
  expect(new Set(told)).toEqual(new Set(['dead']));
});

it('says nothing once it is closed', () => {
  const { told, retry, close } = watch();
  retry(3, 1_000);
  close();
  retry(30, 10_000);
  expect(told).toEqual([]);
});
