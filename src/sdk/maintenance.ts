import { type Diagnosis, diagnosisOf, type PartProblem, problemsOfParts } from '../ports/diagnosis.ts';
import { ConceptError } from '../core/errors.ts';
import { type CallSettings, withCallSettings } from './call-options.ts';
import type { ClientDependencies } from './client-dependencies.ts';
import type { GcRules } from './gc-policy.ts';

export interface GcOptions extends GcRules {
  /** Change nothing and tell what would be done. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Files that no task names are left alone until they are this old, default 24 hours, in milliseconds. */
  readonly orphanAgeMs?: number | undefined;
}

export interface GcReport {
  /** Finished tasks that were removed with all their records. */
  readonly tasks: number;
  /** Their files. */
  readonly blobs: number;
  /** Size of all files that were removed. */
  readonly bytes: number;
  /** Files that no task named. */
  readonly orphans: number;
  /** Half-written files of processes that died. */
  readonly leftovers: number;
  readonly dryRun: boolean;
}

/** What the backends of a deployment say of themselves. */
export interface DeploymentDiagnosis {
  readonly store: Diagnosis['facts'];
  readonly queue: Diagnosis['facts'];
  readonly blobs: Diagnosis['facts'];
  readonly problems: readonly PartProblem[];
}

/** For whoever runs the deployment. */
export interface MaintenanceResource {
  /**
   * Removes finished tasks that any of the rules names, with their images, and files that belong to nothing. Pinned tasks and those
   * whose images an unfinished task works from always stay. A dry run counts neither
   * uploads that become unused nor leftovers, and also files that a task which stays still names.
   * @throws ConceptError INVALID_INPUT; NOT_ALLOWED for a client that is bound to one user.
   */
  gc(options?: GcOptions, settings?: CallSettings): Promise<GcReport>;

  /** Keeps a task and its images whatever the rules of {@link gc} say. @throws ConceptError TASK_NOT_FOUND */
  pin(taskId: string, settings?: CallSettings): Promise<void>;

  /** @throws ConceptError TASK_NOT_FOUND */
  unpin(taskId: string, settings?: CallSettings): Promise<void>;

  /**
   * Every backend looks at itself; one that cannot be reached is a problem in the answer, not an error. Takes as long as reading
   * an embedded store whole.
   */
  diagnose(settings?: CallSettings): Promise<DeploymentDiagnosis>;
}

export function maintenanceResource(dependencies: ClientDependencies): MaintenanceResource {
  const { store, onlyUserId: userId } = dependencies;
  const pin = (taskId: string, pinned: boolean, settings?: CallSettings): Promise<void> =>
    withCallSettings(settings, (signal) => store.retention.pin(taskId, pinned, { userId, signal }));

  return {
    gc: (options = {}, settings) =>
      withCallSettings(settings, async (signal) => {
        if (userId !== undefined) {
          throw new ConceptError('NOT_ALLOWED', `gc: this client acts for user ${userId} only`, {
            hint: 'use a client without a userId',
          });
        }
        const { collectGarbage } = await import('./collect-garbage.ts');
        return collectGarbage(options, dependencies, signal);
      }),
    pin: (taskId, settings) => pin(taskId, true, settings),
    unpin: (taskId, settings) => pin(taskId, false, settings),
    diagnose: (settings) => withCallSettings(settings, (signal) => diagnoseAll(dependencies, signal)),
  };
}

async function diagnoseAll(
  { store, queue, blobs }: ClientDependencies,
  signal: AbortSignal | undefined,
): Promise<DeploymentDiagnosis> {
  const [ofStore, ofQueue, ofBlobs] = await Promise.all([
    diagnosisOf(store, signal),
    diagnosisOf(queue, signal),
    diagnosisOf(blobs, signal),
  ]);
  return {
    store: ofStore.facts,
    queue: ofQueue.facts,
    blobs: ofBlobs.facts,
    problems: problemsOfParts({ store: ofStore, queue: ofQueue, blobs: ofBlobs }),
  };
}
