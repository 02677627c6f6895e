import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../../../src/adapters/stores/memory.ts';
import { openSqliteStore } from '../../../../src/adapters/stores/sqlite.ts';
import type { CreditCosts, Store } from '../../../../src/ports/store.ts';
import { type FakeClock, fakeClock } from '../../../../src/testing/fake-clock.ts';
import { compareEvents, compareState } from './compare-state.ts';
import { createModel } from './model.ts';
import { nowOf } from './ordered-calls.ts';
import { BATCHES, programs, type Step, USERS } from './operations.ts';
import { perform } from './perform.ts';

/**
 * Random programs against a store and a plain reference. A failure shrinks and prints its seed and path; to replay it, set
 * CONCEPT_MODEL_SEED and CONCEPT_MODEL_PATH to them. CONCEPT_MODEL_RUNS makes it run longer.
 */
const LENGTH = 80;
const LEAST_STEPS = 10_000;
/** Far more than it takes, unless it shrinks a failure or was told to run longer. */
const TIMEOUT_MS = 120_000 + 300 * Number(process.env['CONCEPT_MODEL_RUNS'] ?? 0);
const COSTS: CreditCosts = { generation: 2, refinement: 1, coloring: 1, rendition: 1 };

interface Clients {
  readonly stores: readonly Store[];
  remove(): void;
}
type OpenClients = (clock: FakeClock, credits: CreditCosts | undefined) => Promise<Clients>;

const openSqlite: OpenClients = async (clock, credits) => {
  // What is in memory syncs at once: the programs test what is written, not the disk.
  const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const directory = mkdtempSync(join(root, 'concept-model-'));
  const options = { file: join(directory, 'concept.db'), clock, credits, durability: 'normal' } as const;
  const stores = [await openSqliteStore(options), await openSqliteStore(options), await openSqliteStore(options)];
  return { stores, remove: () => rmSync(directory, { recursive: true, force: true }) };
};

const openMemory: OpenClients = async (clock, credits) => ({
  stores: [memoryStore({ clock, credits })],
  remove: () => undefined,
});

/** @returns the number of steps. */
async function run(open: OpenClients, steps: readonly Step[], withCredits: boolean): Promise<number> {
  const clock = fakeClock();
  const credits = withCredits ? COSTS : undefined;
  const model = createModel(credits ?? {});
  const { stores, remove } = await open(clock, credits);
  const clientOf = (index: number): Store => stores[index % stores.length]!;
  try {
    const batchIds: string[] = [];
    for (const [index, id] of BATCHES.entries()) {
      batchIds.push((await stores[0]!.batches.open({ id, userId: USERS[0], name: `batch ${index}` })).id);
    }
    for (const { client, operation } of steps) {
      await perform({ model, clock, store: clientOf(client), batchIds }, operation);
      // Another client reads than wrote: what one has committed, all see.
      await compareState(model, clientOf(client + 1), { batchIds, now: nowOf(clock) });
    }
    await compareEvents(model.tasks.values(), stores[0]!);
  } finally {
    for (const store of stores) await store.close();
    remove();
  }
  return steps.length;
}

/** Runs programs that are made from a seed. @returns the number of steps, and how many there must be at least. */
async function check(open: OpenClients, leastSteps: number): Promise<{ steps: number; least: number }> {
  const { CONCEPT_MODEL_SEED: seed, CONCEPT_MODEL_PATH: path, CONCEPT_MODEL_RUNS: runs } = process.env;
  let steps = 0;
  const property = fc.asyncProperty(programs(LENGTH), fc.boolean(), async (program, withCredits) => {
    steps += await run(open, program, withCredits);
  });
  await fc.assert(property, {
    numRuns: Number(runs ?? leastSteps / 25),
    // Ends the shrinking of a failure with what it has, so that the seed is printed before the test's own time is up.
    interruptAfterTimeLimit: TIMEOUT_MS - 30_000,
    markInterruptAsFailure: true,
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(path !== undefined && { path }),
  });
  return { steps, least: path === undefined && runs === undefined ? leastSteps : 1 };
}

test(
  'the memory store does what the reference does, step by step',
  async () => {
    const { steps, least } = await check(openMemory, LEAST_STEPS / 4);
    expect(steps).toBeGreaterThanOrEqual(least);
  },
  TIMEOUT_MS,
);

// About half a minute.
describe('three clients of one SQLite file', () => {
  test(
    'do what the reference does, step by step',
    async () => {
      const { steps, least } = await check(openSqlite, LEAST_STEPS);
      expect(steps).toBeGreaterThanOrEqual(least);
    },
    TIMEOUT_MS,
  );
});
