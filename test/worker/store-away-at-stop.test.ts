import { describe, expect, it } from 'vitest';
import { abortError } from '../../src/core/abort.ts';
import type { Store } from '../../src/ports/store.ts';
import type { CallOptions } from '../../src/ports/task-store.ts';
import { scriptedImageProvider } from '../../src/testing/index.ts';
import { until, workshop } from './support.ts';

const generation = { type: 'generation', logoDescription: 'a fox', themeDescription: 'night', numPalettes: 2 } as const;
const FOREVER_MS = 600_000;
const PORTS = ['tasks', 'leases', 'workers', 'outbox'] as const;

/** A store that answers no more once it is told so: a call ends when its signal does. */
function vanishing() {
  const state = { isAway: false, unanswered: 0 };
  type Method = (...parameters: unknown[]) => Promise<unknown>;
  const hanging = ({ signal }: CallOptions = {}): Promise<never> => {
    state.unanswered += 1;
    return new Promise((_, reject) => {
      if (signal?.aborted) reject(abortError(signal));
      signal?.addEventListener('abort', () => reject(abortError(signal)), { once: true });
    });
  };
  const portOf = (port: object): object =>
    Object.fromEntries(
      Object.entries(port as Record<string, Method>).map(([name, method]) => [
        name,
        (...parameters: unknown[]) =>
          state.isAway ? hanging(parameters.at(-1) as CallOptions) : method(...parameters),
      ]),
    );
  const wrapStore = (store: Store): Store => ({
    ...store,
    ...(Object.fromEntries(PORTS.map((name) => [name, portOf(store[name])])) as unknown as Store),
  });
  return { state, wrapStore };
}

describe('a worker that is told to stop while its store gives no answer', () => {
  it('ends, whatever it asks of the store at that moment', async () => {
    const { state, wrapStore } = vanishing();
    const { work, store } = workshop({ wrapStore, leaseMs: 150, graceMs: 20 });
    const stop = new AbortController();
    const working = work({ signal: stop.signal });
    await until(async () => (await store.workers.live()).length > 0);
    state.isAway = true;
    // A sweep, a relay pass and a beat.
    await until(() => state.unanswered === 3);
    stop.abort();
    expect(await working).toMatchObject({ completed: 0, lost: 0 });
  });

  it('ends with the task that it cannot give back, which is found when its lease runs out', async () => {
    const { state, wrapStore } = vanishing();
    const images = scriptedImageProvider([{ image: {}, delayMs: FOREVER_MS }]);
    const { client, work, store } = workshop({ wrapStore, images, leaseMs: 150, graceMs: 20 });
    const { id } = await client.tasks.submit(generation);
    const stop = new AbortController();
    const working = work({ signal: stop.signal });
    await until(async () => (await store.tasks.get(id))!.status === 'processing');
    state.isAway = true;
    stop.abort();
    expect(await working).toMatchObject({ lost: 1 });
    expect(await store.leases.sweep()).toEqual({ returned: 1, failed: 0 });
  });
});
