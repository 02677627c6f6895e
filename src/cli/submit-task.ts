import type { Task } from '../core/task.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { awaitOutcome } from './follow/await-outcome.ts';
import { hasWorkerFor } from './follow/work-when-alone.ts';
import { submissionOf, type TypedSubmitOptions } from './options/submission.ts';
import { assertWaitOptions } from './options/submit-options.ts';
import { printOutcome } from './render/print-outcome.ts';
import type { Runtime } from './runtime-types.ts';
import { taskJson } from './task-json.ts';

/** Submits the task that the options describe; with `--wait` follows it to its end. */
export async function submitTask(options: TypedSubmitOptions, context: CliContext): Promise<ExitCode> {
  assertWaitOptions(options);
  // Work begun for a wait ends with the wait: no grace period, the task goes straight back in line.
  const config = await context.loadConfig(options.wait ? { graceSeconds: 0 } : {});
  const submission = await submissionOf(options, config.maxImageBytes);
  return context.withRuntime(config, async (runtime) => {
    const task =
      submission.type === 'generation'
        ? await runtime.client.tasks.submit(submission)
        : await runtime.client.tasks.submit(submission);
    return options.wait ? waitFor(task, options, runtime, context) : printSubmitted(task, runtime, context);
  });
}

async function printSubmitted(task: Task, runtime: Runtime, { io }: CliContext): Promise<ExitCode> {
  const isLeftToRelay = runtime.isRelayed && task.publishedAt === null && task.status === 'pending';
  if (io.mode.json) {
    io.json({ task: taskJson(task), ...(runtime.isRelayed && { published: !isLeftToRelay }) });
    return EXIT.success;
  }
  io.data(task.id);
  if (isLeftToRelay)
    io.talk('it is accepted, but not published: any worker or concept sweep does that; concept doctor says why');
  io.talk(`follow it with: concept wait ${task.id}`);
  const isLonely = runtime.isEmbedded && !(await hasWorkerFor(runtime, task.type));
  if (isLonely) io.talk('no worker is running; start one with: concept work');
  return EXIT.success;
}

async function waitFor(
  task: Task,
  { timeout, out }: TypedSubmitOptions,
  runtime: Runtime,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const interruption = context.interruption();
  try {
    io.talk(`submitted ${task.id}`);
    const { signal } = interruption;
    const outcome = await awaitOutcome(runtime, task, {
      io,
      signal,
      timeoutSeconds: timeout,
      mayWork: runtime.isEmbedded,
    });
    return await printOutcome(outcome, { runtime, io, out });
  } finally {
    interruption.dispose();
  }
}
