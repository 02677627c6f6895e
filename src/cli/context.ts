import type { Readable } from 'node:stream';
import type { Examination } from '../config/examine.ts';
import type { Config } from '../config/settings.ts';
import type { ShownSetting } from '../config/shown-settings.ts';
import type { ExitCode } from './exit-codes.ts';
import { processInterruption, type Interruption } from './interruption.ts';
import type { Io } from './io.ts';
import type { Runtime } from './runtime-types.ts';

export interface RuntimeUse {
  /** The command logs with `--json` too, as it goes on for long. */
  readonly logsWithJson?: boolean;
}

/** What a command works with. */
export interface CliContext {
  readonly io: Io;
  /** @throws ConceptError INVALID_CONFIG */
  loadConfig(overrides?: Partial<Config>): Promise<Config>;
  /** All settings with where each came from, secrets redacted. @throws ConceptError INVALID_CONFIG */
  findSettings(): Promise<readonly ShownSetting[]>;
  /** Opens the configured backend for the length of `use`. */
  withRuntime<T>(config: Config, use: (runtime: Runtime) => Promise<T>, options?: RuntimeUse): Promise<T>;
  /** Looks at each configured backend, also where one cannot be opened. @throws ConceptError ABORTED */
  examine(config: Config, signal: AbortSignal): Promise<Examination>;
  interruption(): Interruption;
  stdin(): Readable;
  /** Records what the process will exit with. */
  finish(code: ExitCode): void;
}

/** The context of the real process; configuration and backend are loaded by the first command that needs them. */
export function processContext(io: Io, finish: (code: ExitCode) => void): CliContext {
  return {
    io,
    finish,
    loadConfig: async (overrides = {}) => {
      const { loadConfig } = await import('../config/load-config.ts');
      return loadConfig({ overrides });
    },
    findSettings: async () => {
      const { findSettings } = await import('../config/load-config.ts');
      const { shownSettings } = await import('../config/shown-settings.ts');
      return shownSettings(findSettings());
    },
    withRuntime: async (config, use, options) => {
      const { openRuntime } = await import('../config/wire.ts');
      const { stderrLogger } = await import('./stderr-logger.ts');
      const runtime = await openRuntime(config, { logger: stderrLogger(io, { level: config.logLevel, ...options }) });
      try {
        return await use(runtime);
      } finally {
        await runtime.close();
      }
    },
    examine: async (config, signal) => {
      const { examineDeployment } = await import('../config/wire.ts');
      return examineDeployment(config, signal);
    },
    interruption: () => processInterruption(io),
    stdin: () => process.stdin,
  };
}
