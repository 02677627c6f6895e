/**
 * The public API of `concept`: submit tasks, follow them, read what they made.
 * @module
 */
import { loadConfig } from './config/load-config.ts';
import type { Config } from './config/settings.ts';
import type { Logger } from './ports/logger.ts';
import type { ConceptClient } from './sdk/client.ts';
import { lazyClient } from './sdk/lazy-client.ts';

export interface CreateConceptOptions {
  /** Settings that win over the environment and the config files. */
  readonly config?: Partial<Config>;
  /** Read and change this user's tasks and concepts only; also the owner of what is submitted. */
  readonly userId?: string;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
}

/**
 * The SDK over the configured backend: with no configuration a local database file, images on disk and the built-in provider.
 * It connects with the first call. Tasks are processed by `concept work` or by a worker of `concept/worker`.
 * @throws ConceptError INVALID_CONFIG
 * @example
 * const concept = createConcept();
 * const task = await concept.tasks.submit({ type: 'generation', logoDescription: 'a fox reading', themeDescription: 'night blues' });
 * const { concept: result } = await concept.tasks.wait(task);
 * await concept.close();
 */
export function createConcept(options: CreateConceptOptions = {}): ConceptClient {
  const { userId, logger } = options;
  const config = loadConfig({ overrides: { ...options.config, ...(userId !== undefined && { user: userId }) } });
  return lazyClient(async () => {
    const { openRuntime } = await import('./config/wire.ts');
    return openRuntime(config, { logger, onlyUserId: userId });
  });
}

export { ConceptError, ERROR_CODES } from './core/errors.ts';
export { TASK_STATUSES, TASK_TYPES } from './core/task.ts';
export type { Config } from './config/settings.ts';
export type { Concept, Palette, PaletteRole, Refinement, Scene, StoredImage, Variation } from './core/concept.ts';
export type { ConceptErrorOptions, ErrorCode } from './core/errors.ts';
export type { TaskEvent, TaskEventType } from './core/event.ts';
export type { ImageSource, TaskInputs } from './core/task-input.ts';
export type {
  CancelledTask,
  CompletedTask,
  FailedTask,
  PendingTask,
  ProcessingTask,
  Task,
  TaskError,
  TaskProgress,
  TaskStatus,
  TaskType,
} from './core/task.ts';
export type { Batch, BatchSummary } from './ports/batch-store.ts';
export type { ConceptPage } from './ports/concept-store.ts';
export type { CreditBalance } from './ports/credit-ledger.ts';
export type { LogFields, Logger, LogLevel } from './ports/logger.ts';
export type { Diagnosis, Problem } from './ports/diagnosis.ts';
export type { TaskCounts, TaskPage, TaskQuery } from './ports/task-store.ts';
export type {
  BatchesResource,
  BatchSubmission,
  BulkReport,
  RetryReport,
  SubmittedBatch,
  SubmittedRow,
} from './sdk/batches.ts';
export type { CallSettings } from './sdk/call-options.ts';
export type { Rows } from './sdk/chunks.ts';
export type { ConceptClient } from './sdk/client.ts';
export type { ConceptImage, ConceptsResource } from './sdk/concepts.ts';
export type { CreditsResource } from './sdk/credits.ts';
export type { GcRules } from './sdk/gc-policy.ts';
export type { DeploymentDiagnosis, GcOptions, GcReport, MaintenanceResource } from './sdk/maintenance.ts';
export type { ImageArgument, Submission, SubmissionOf, SubmitSettings } from './sdk/submission.ts';
export type { CheckedSubmission, RedriveSelection, TasksResource } from './sdk/tasks.ts';
export type { TaskOutcome } from './sdk/wait.ts';
export type { BatchWaitSettings } from './sdk/watch-batch.ts';
