import { type BatchesResource, batchesResource } from './batches.ts';
import type { CallSettings } from './call-options.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import { type ConceptsResource, conceptsResource } from './concepts.ts';
import { type CreditsResource, creditsResource } from './credits.ts';
import { type MaintenanceResource, maintenanceResource } from './maintenance.ts';
import { type TasksResource, tasksResource } from './tasks.ts';

/** The SDK: submit tasks, follow them, read what they made. */
export interface ConceptClient {
  readonly tasks: TasksResource;
  readonly batches: BatchesResource;
  readonly concepts: ConceptsResource;
  /** In force only with the `credits` setting on. */
  readonly credits: CreditsResource;
  readonly maintenance: MaintenanceResource;
  /** Frees connections and watchers; afterwards every call rejects. Idempotent. */
  close(settings?: CallSettings): Promise<void>;
}

export function createClient(dependencies: ClientDependencies): ConceptClient {
  return {
    tasks: tasksResource(dependencies),
    batches: batchesResource(dependencies),
    concepts: conceptsResource(dependencies),
    credits: creditsResource(dependencies),
    maintenance: maintenanceResource(dependencies),
    close: async () => {
      await dependencies.queue.close();
      await dependencies.store.close();
    },
  };
}
