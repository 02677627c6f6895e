import type { WorkerRegistry } from '../ports/worker-registry.ts';
import type { ConceptClient } from '../sdk/client.ts';
import type { Worker } from '../worker/worker-types.ts';
import type { Config } from './settings.ts';

/** Everything that one process needs, assembled by configuration. */
export interface Runtime {
  readonly config: Config;
  readonly client: ConceptClient;
  readonly workers: Pick<WorkerRegistry, 'live'>;
  /** A worker over the same store, queue and blobs; loads the processors on first use. */
  createWorker(): Promise<Worker>;
  /** Frees connections and watchers. Idempotent. */
  close(): Promise<void>;
}
