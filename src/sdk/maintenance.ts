import type { StoreDiagnosis } from '../ports/store.ts';
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

  /** The store looks at itself; takes as long as reading all of it. */
  diagnose(settings?: CallSettings): Promise<StoreDiagnosis>;
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
    diagnose: (settings) => withCallSettings(settings, (signal) => store.diagnose({ signal })),
  };
}
