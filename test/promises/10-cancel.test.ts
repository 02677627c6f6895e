import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import type { ImageProvider } from '../../src/ports/image-provider.ts';
import { scriptedPaletteProvider } from '../../src/testing/index.ts';
import { newTask } from '../contracts/fixtures.ts';
import { NO_PROVIDERS } from '../worker/no-providers.ts';
import { newScene, type Scene, startWorker, within } from './support.ts';

const LEASE_MS = 1_500;
const HEARTBEAT_MS = LEASE_MS / 3;
/** Of a busy machine: for the heartbeat's turn and its write. */
const SLACK_MS = 700;

let scene: Scene;
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

describe('promise 10: cancelling a running task aborts its provider call', () => {
  it('within one heartbeat, by the call’s own signal, also when another connection cancels', async () => {
    const backend = await scene.open();
    let called: AbortSignal | undefined;
    let abortedAt = Number.POSITIVE_INFINITY;
    // A provider as slow as they come: it ends when it is told to, and not before.
    const generate: ImageProvider['generate'] = async (_, options) => {
      called = options!.signal!;
      await once(called, 'abort');
      abortedAt = performance.now();
      throw called.reason;
    };
    const images = { ...NO_PROVIDERS.images, generate };
    const processing = { ...NO_PROVIDERS, images, palettes: scriptedPaletteProvider() };
    const stop = new AbortController();
    const outcomes: string[] = [];
    const working = startWorker(backend, { leaseMs: LEASE_MS, processing, processors: undefined }).run({
      signal: stop.signal,
      onAttempt: ({ outcome }) => outcomes.push(outcome),
    });
    const { store } = await scene.open();
    const { task } = await store.tasks.submit(newTask(systemClock));
    await within(5_000, 'called', async () => called !== undefined);
    // Until then the start of the stage is still to be recorded: that write, too, would be refused and tell.
    const isRecorded = async () => (await store.events.list({ taskId: task.id })).at(-1)?.type === 'stage.started';
    await within(5_000, 'the stage is on record', isRecorded);
    const cancelledAt = performance.now();
    await store.tasks.cancel(task.id);
    await within(5_000, 'the attempt is over', async () => outcomes.length > 0);
    expect(abortedAt - cancelledAt).toBeLessThan(HEARTBEAT_MS + SLACK_MS);
    expect(outcomes).toEqual(['lost']);
    stop.abort();
    await working;
    expect(await store.tasks.get(task.id)).toMatchObject({ status: 'cancelled', attempt: 1 });
    expect((await store.events.list({ taskId: task.id })).at(-1)).toMatchObject({ type: 'cancelled' });
  });
});
