import type { WorkOptions } from './commands/work.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { attemptLine, summaryLine } from './render/attempt-lines.ts';
import type { AttemptReport, Runtime, WorkerSummary } from './runtime-types.ts';

/** Runs a worker until it is stopped or done, with one line per attempt; being stopped is no failure. */
export async function work(options: WorkOptions, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const { concurrency, leaseSeconds, drain, types, maxTasks } = options;
  const config = await context.loadConfig({
    ...(concurrency !== undefined && { concurrency }),
    ...(leaseSeconds !== undefined && { leaseSeconds }),
  });
  const interruption = context.interruption();
  const onStop = (): void =>
    io.talk(`stopping: tasks under way have ${config.graceSeconds} s to finish; Ctrl-C again stops at once`);
  interruption.signal.addEventListener('abort', onStop, { once: true });
  try {
    const run = async (runtime: Runtime): Promise<ExitCode> => {
      const worker = await runtime.createWorker();
      if (!drain) io.talk('working; stop with Ctrl-C');
      const onAttempt = (report: AttemptReport): void => printAttempt(report, io);
      const summary = await worker.run({ signal: interruption.signal, drain, types, maxTasks, onAttempt });
      printSummary(summary, io);
      return EXIT.success;
    };
    return await context.withRuntime(config, run, { logsWithJson: true });
  } finally {
    interruption.signal.removeEventListener('abort', onStop);
    interruption.dispose();
  }
}

function printAttempt(report: AttemptReport, io: Io): void {
  if (io.mode.json) io.json(report);
  else io.data(attemptLine(report, io.stdout));
}

function printSummary(summary: WorkerSummary, io: Io): void {
  if (io.mode.json) io.json({ summary });
  else io.data(summaryLine(summary, io.stdout));
}
