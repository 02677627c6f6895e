import { expect } from 'vitest';
import type { Store } from '../../../../src/ports/store.ts';
import type { FakeClock } from '../../../../src/testing/fake-clock.ts';
import { claim } from './claims.ts';
import type { Model } from './model.ts';
import { sweep } from './model-changes.ts';
import { type Call, makeCall, nowOf, type Scene } from './ordered-calls.ts';
import { LEASE_MS, type Operation } from './operations.ts';

/** Runs an operation against a store and the reference, and compares the answers. */
export async function perform(scene: Scene, operation: Operation): Promise<void> {
  const { model, clock } = scene;
  if (operation.kind === 'advance') return clock.advance(operation.ms);
  if (operation.kind === 'step') return clock.step(operation.ms);
  if (operation.kind === 'sweep') return sweepBoth(scene);
  if (operation.kind === 'register') await register(scene);
  else if (operation.kind === 'claim') await claim(scene, operation);
  else {
    const operations = operation.kind === 'together' ? operation.operations : [operation];
    await callTogether(operations.flatMap((each) => makeCall(scene, each) ?? []));
  }
  model.freshlySwept = false;
}

/** All are made in one turn of the event loop; each gets an answer of its own, as if they came one after the other. */
async function callTogether(calls: readonly Call[]): Promise<void> {
  const outcomes = await Promise.all(calls.map(({ outcome }) => outcome));
  for (const [index, call] of calls.entries()) call.compare(outcomes[index]!);
}

async function register({ model, clock, store }: Scene): Promise<void> {
  const id = `w${model.workers.length}`;
  await store.workers.register({ id, kind: 'worker', host: 'h', pid: 1, types: null }, LEASE_MS);
  model.workers.push({ id, expiresAtMs: nowOf(clock).monotonicMs + LEASE_MS, retired: false });
}

async function sweepBoth({ model, clock, store }: Scene): Promise<void> {
  const report = await store.leases.sweep();
  await adoptFreed(model, store, clock);
  expect(report).toEqual(sweep(model, nowOf(clock)));
  model.freshlySwept = true;
}

/** Retries that a clock set back had stranded may be freed by any sweep: which one does it is the store's affair. */
async function adoptFreed(model: Model, store: Store, clock: FakeClock): Promise<void> {
  for (const task of model.tasks.values()) {
    const isRetrying = task.status === 'pending' && task.hasError && task.runAtMs > clock.now();
    if (!isRetrying || task.updatedAtMs <= clock.now() + 1_000) continue;
    const runAtMs = Date.parse((await store.tasks.get(task.id))!.runAt);
    expect([task.runAtMs, clock.now()]).toContain(runAtMs);
    task.runAtMs = runAtMs;
  }
}
