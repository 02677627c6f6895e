import type { Command } from 'commander';
import { invalidInput } from '../../core/errors.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { once, seconds, text } from '../options/option-values.ts';
import { batchOption, type BatchOptions, targetOf } from '../options/target.ts';

const EXAMPLES = `
Examples:
  concept wait 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept wait 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 --timeout 60 --out images --json
  concept wait --batch spring`;

export interface WaitOptions extends BatchOptions {
  readonly timeout?: number;
  readonly out?: string;
}

export function build(program: Command, context: CliContext, run = runWait): void {
  program
    .command('wait')
    .helpGroup('Follow tasks:')
    .summary('wait for a task or a batch and print its result')
    .description('Waits until a task has ended and prints its result, or until all tasks of a batch have.')
    .argument('[id]', 'task id')
    .option(...batchOption)
    .option('--timeout <seconds>', 'give up waiting after so long; the task goes on', once('--timeout', seconds))
    .option('--out <dir>', 'save the images in this directory', once('--out', text))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: WaitOptions) => context.finish(await run(id, options, context)));
}

export async function runWait(
  id: string | undefined,
  { timeout, out, batch }: WaitOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const target = targetOf(id, batch);
  if ('batch' in target) {
    if (out !== undefined)
      throw invalidInput('--out', 'does not go with --batch', 'use: concept download ID --out DIR');
    const { waitForBatch } = await import('../batch/wait-for-batch.ts');
    return waitForBatch(target.batch, timeout, context);
  }
  const { awaitOutcome } = await import('../follow/await-outcome.ts');
  const { isIdle } = await import('../follow/resumable.ts');
  const { printOutcome } = await import('../render/print-outcome.ts');
  const interruption = context.interruption();
  try {
    const { signal } = interruption;
    return await context.withRuntime(await context.loadConfig(), async (runtime) => {
      const task = await runtime.client.tasks.get(target.taskId);
      if (await isIdle(task, runtime)) io.talk('no worker is running; start one with: concept work');
      const outcome = await awaitOutcome(runtime, task, { io, signal, timeoutSeconds: timeout, mayWork: false });
      return printOutcome(outcome, { runtime, io, out });
    });
  } finally {
    interruption.dispose();
  }
}
