import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { ConceptError, ERROR_CODES, type ErrorCode } from '../../src/core/errors.ts';
import { newTask } from '../contracts/fixtures.ts';
import { NO_PROVIDERS } from '../worker/no-providers.ts';
import { newScene, plainResult, type Scene, startWorker, within } from './support.ts';

let scene: Scene;
beforeEach(() => {
  scene = newScene();
});
afterEach(() => scene.close());

/** Runs one task whose first attempt throws, and gives what it looks like once that attempt has ended. */
async function afterFirstAttempt(thrown: ConceptError, random = 0.5) {
  const backend = await scene.open();
  const { task } = await backend.store.tasks.submit(newTask(systemClock));
  const generation = async () => Promise.reject(thrown);
  const clock = { ...systemClock, random: () => random };
  const processing = { ...NO_PROVIDERS, clock };
  await startWorker(backend, { processors: { generation }, processing }).run({
    signal: new AbortController().signal,
    maxTasks: 1,
  });
  const after = (await backend.store.tasks.get(task.id))!;
  const waitMs = Date.parse(after.runAt) - Date.parse(after.updatedAt);
  return { backend, after, waitMs };
}

/** The wait counts from the attempt's end, and is written down when that is committed. */
const COMMIT_MS = 250;

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
/** How an attempt ends that nobody can end otherwise: it is given back, or was somebody else's all along. */
const NO_FAILURES: readonly ErrorCode[] = ['ABORTED', 'LEASE_LOST'];
const of = (retryable: boolean) =>
  CODES.filter((code) => ERROR_CODES[code].retryable === retryable && !NO_FAILURES.includes(code));

describe('promise 5: retryable errors retry with backoff, full jitter and Retry-After; permanent ones fail at once', () => {
  it.each(of(true))('%s is tried again', async (code) => {
    const { after } = await afterFirstAttempt(new ConceptError(code, 'for the moment'));
    expect(after).toMatchObject({ status: 'pending', attempt: 1, error: { code, message: 'for the moment' } });
  });

  it.each(of(false))('%s fails at once, and says what and what to do', async (code) => {
    const thrown = new ConceptError(code, 'for good', { hint: 'change something', stage: 'image-generation' });
    const { after } = await afterFirstAttempt(thrown);
    const error = { code, message: 'for good', hint: 'change something', stage: 'image-generation', retryable: false };
    expect(after).toMatchObject({ status: 'failed', attempt: 1, error });
  });

  it.each([0, 0.25, 0.999])('waits for a random part (%d) of the first second', async (random) => {
    const { waitMs } = await afterFirstAttempt(new ConceptError('PROVIDER_FAILED', '503'), random);
    expect(Math.abs(waitMs - random * 1_000)).toBeLessThan(COMMIT_MS);
  });

  it('waits for as long as the service asked for', async () => {
    const { waitMs } = await afterFirstAttempt(
      new ConceptError('PROVIDER_FAILED', 'too many requests', { retryAfterMs: 30_000 }),
    );
    expect(Math.abs(waitMs - 30_000)).toBeLessThan(COMMIT_MS);
  });

  it('runs again by itself when the wait is over, in whatever worker there is', async () => {
    const { backend, after } = await afterFirstAttempt(new ConceptError('PROVIDER_FAILED', '503'), 0.3);
    const stop = new AbortController();
    const generation = async () => plainResult();
    const working = startWorker(backend, { processors: { generation } }).run({ signal: stop.signal });
    const { tasks } = backend.store;
    await within(5_000, 'completed', async () => (await tasks.get(after.id))?.status === 'completed');
    stop.abort();
    await working;
    expect(await tasks.get(after.id)).toMatchObject({ attempt: 2, error: null });
  });
});
