import type { WorkerRegistry } from '../ports/worker-registry.ts';
import type { ConceptClient } from '../sdk/client.ts';
import type { SweepOutcome } from '../worker/sweep-once.ts';
import type { Worker } from '../worker/worker-types.ts';
import type { Config } from './settings.ts';

/** Everything that one process needs, assembled by configuration. */
export interface Runtime {
  readonly config: Config;
  readonly client: ConceptClient;
  readonly workers: Pick<WorkerRegistry, 'live'>;
  /** Everything is on this machine: a process that waits for a task may work it when nobody else does. */
  readonly isEmbedded: boolean;
  /** Tasks are published to a message queue; a row that is not yet is published by any worker. */
  readonly isRelayed: boolean;
  /** What every worker does now and then, once: returns tasks of lost workers, publishes what is not. */
  sweep(): Promise<SweepOutcome>;
  /** A worker over the same store, queue and blobs; loads the processors on first use. */
  createWorker(): Promise<Worker>;
  /** Frees connections and watchers. Idempotent. */
  close(): Promise<void>;
}
