/**
 * `concept/worker`: process tasks inside your own service instead of running `concept work`.
 * @module
 */
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/settings.ts';
import { openRuntime } from '../config/wire.ts';
import type { Logger } from '../ports/logger.ts';
import type { RunWorkerOptions, WorkerSummary } from './worker-types.ts';

export interface StartWorkerOptions extends RunWorkerOptions {
  /** Settings that win over the environment and the config files. */
  readonly config?: Partial<Config>;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
}

/**
 * Works the configured backend's tasks until the signal aborts (or, with `drain`, until there are none left).
 * All its tasks are finished or given back when it resolves.
 * @throws ConceptError INVALID_CONFIG, STORE_*, STORAGE_* when the backend cannot be opened.
 */
export async function runWorker(options: StartWorkerOptions): Promise<WorkerSummary> {
  const { config, logger, ...runOptions } = options;
  const runtime = await openRuntime(loadConfig(config ? { overrides: config } : {}), { logger });
  try {
    return await (await runtime.createWorker()).run(runOptions);
  } finally {
    await runtime.close();
  }
}

export type { Config } from '../config/settings.ts';
export type { AttemptReport, RunWorkerOptions, WorkerSummary } from './worker-types.ts';
