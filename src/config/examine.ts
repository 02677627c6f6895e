import {
  type BackendPart,
  type Diagnosis,
  diagnosisOf,
  type PartProblem,
  problemOf,
  problemsOfParts,
} from '../ports/diagnosis.ts';
import type { Store } from '../ports/store.ts';
import type { TaskCounts } from '../ports/task-store.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { TaskQueue } from '../ports/task-queue.ts';
import type { LiveWorker } from '../ports/worker-registry.ts';
import { lacks } from './check-backends.ts';
import type { Config } from './settings.ts';

export { type BackendPart, BACKEND_PARTS } from '../ports/diagnosis.ts';

/** Opens each part for itself: one that cannot be opened says nothing about the others. The same one every time. */
export interface BackendOpeners {
  store(): Promise<Store>;
  queue(): Promise<TaskQueue>;
  blobs(): Promise<BlobStore>;
}

/** What is to be said of a deployment, whatever state it is in. */
export interface Examination {
  readonly facts: Readonly<Record<BackendPart, Diagnosis['facts']>>;
  readonly problems: readonly PartProblem[];
  /** Null when the store cannot tell. */
  readonly workers: readonly LiveWorker[] | null;
  readonly counts: TaskCounts | null;
}

/** Every part looks at itself; one that lacks a setting or cannot be opened is a problem, not an error. @throws ConceptError ABORTED */
export async function examine(config: Config, openers: BackendOpeners, signal: AbortSignal): Promise<Examination> {
  // At the same time: each that is away takes seconds.
  const [store, queue, blobs, workers, counts] = await Promise.all([
    examinePart('store', config, openers, signal),
    examinePart('queue', config, openers, signal),
    examinePart('blobs', config, openers, signal),
    unlessAway(async () => (await openers.store()).workers.live({ signal })),
    unlessAway(async () => (await openers.store()).tasks.counts({}, { signal })),
  ]);
  return {
    facts: { store: store.facts, queue: queue.facts, blobs: blobs.facts },
    problems: problemsOfParts({ store, queue, blobs }),
    workers,
    counts,
  };
}

async function examinePart(
  part: BackendPart,
  config: Config,
  openers: BackendOpeners,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const facts = { [part]: config[part] };
  const missing = lacks(config)[part];
  if (missing.length > 0) return { facts, problems: missing.map((error) => problemOf(error)) };
  try {
    return await diagnosisOf(await openers[part](), signal);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    // The store's own queue is told of with the store.
    return { facts, problems: config[part] === 'store' ? [] : [problemOf(thrown)] };
  }
}

/** A store that is away is among the problems already. */
function unlessAway<T>(answer: () => Promise<T>): Promise<T | null> {
  return answer().catch(() => null);
}
