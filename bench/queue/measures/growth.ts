import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../../src/ports/store.ts';
import { type ConceptChoice, newTaskOf, openConcept } from '../drivers/concept.ts';
import { NO_RESULT } from '../drivers/concept-worker.ts';
import { payloads } from '../driver.ts';
import { median, nowUs } from './clock.ts';
import type { Figures, Order } from './order.ts';

const FILL_CHUNK = 5_000;
/** A backlog of many users, as a service has it. */
const USERS = 100;
const LEASE_MS = 3_600_000;
const CLAIM_LIMITS = [1, 10] as const;

interface Backlog {
  readonly size: number;
  readonly store: Store;
  readonly workerId: string;
}

/**
 * Milliseconds of one claim by the size of the backlog. The sizes take turns claim by claim, so that whatever else happens on
 * the machine hits them alike; what a claim took is completed and submitted anew, so that each size stays what it is.
 */
export async function measureGrowth({ driver, place, amounts }: Order): Promise<Figures> {
  const choice = driver as ConceptChoice;
  const backlogs: Backlog[] = [];
  for (const size of amounts.growthSizes) backlogs.push(await openBacklog(choice, place.directory, size));
  const figures: Record<string, number> = {};
  for (const limit of CLAIM_LIMITS) {
    const durations = new Map(backlogs.map((backlog) => [backlog, [] as number[]]));
    for (let sample = 0; sample < amounts.growthSamples; sample++) {
      for (const backlog of backlogs) durations.get(backlog)!.push(await timeClaim(backlog, limit));
    }
    for (const [{ size }, values] of durations) figures[`${limit}-of-${size}`] = median(values) / 1_000;
  }
  for (const { store, workerId } of backlogs) {
    await store.workers.retire(workerId);
    await store.close();
  }
  return figures;
}

async function timeClaim({ store, workerId }: Backlog, limit: number): Promise<number> {
  const since = nowUs();
  const claimed = await store.leases.claim({ workerId, limit });
  const duration = nowUs() - since;
  if (claimed.length !== limit) throw new Error(`claimed ${claimed.length} of ${limit}`);
  for (const one of claimed) await store.leases.complete({ lease: one.lease, result: NO_RESULT });
  await store.tasks.submitMany(tasksOf(limit));
  return duration;
}

/** Filled once per run and kept for its later repetitions. */
async function openBacklog(choice: ConceptChoice, directory: string, size: number): Promise<Backlog> {
  const folder = join(directory, 'growth');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${size}.db`);
  if (!existsSync(file)) await fillBacklog(folder, file, size);
  const { store } = await openConcept(file, choice.durability);
  const workerId = randomUUID();
  await store.workers.register(
    { id: workerId, kind: 'worker', host: 'bench', pid: process.pid, types: null },
    LEASE_MS,
  );
  return { size, store, workerId };
}

/** Under another name until it is whole: a run that is cut off leaves no half a backlog to measure. */
async function fillBacklog(folder: string, file: string, size: number): Promise<void> {
  const draft = join(folder, `draft-${randomUUID()}.db`);
  const { store, queue } = await openConcept(draft, 'normal');
  for (let done = 0; done < size; done += FILL_CHUNK) {
    await store.tasks.submitMany(tasksOf(Math.min(FILL_CHUNK, size - done), done));
  }
  await queue.close();
  await store.close();
  for (const ending of ['', '-wal', '-shm']) {
    if (existsSync(`${draft}${ending}`)) renameSync(`${draft}${ending}`, `${file}${ending}`);
  }
}

function tasksOf(count: number, first = 0): ReturnType<typeof newTaskOf>[] {
  return payloads(count, first).map((payload, index) => newTaskOf(payload, `user-${(first + index) % USERS}`));
}
