import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { once, seconds, text } from '../options/option-values.ts';

const EXAMPLES = `
Examples:
  concept wait 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept wait 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 --timeout 60 --out images --json`;

export interface WaitOptions {
  readonly timeout?: number;
  readonly out?: string;
}

export function build(program: Command, context: CliContext, run = runWait): void {
  program
    .command('wait')
    .helpGroup('Follow tasks:')
    .summary('wait for a task and print its result')
    .description('Waits until a task has ended and prints its result.')
    .argument('<id>', 'task id')
    .option('--timeout <seconds>', 'give up waiting after so long; the task goes on', once('--timeout', seconds))
    .option('--out <dir>', 'save the images in this directory', once('--out', text))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: WaitOptions) => context.finish(await run(id, options, context)));
}

export async function runWait(id: string, { timeout, out }: WaitOptions, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const { awaitOutcome } = await import('../follow/await-outcome.ts');
  const { isIdle } = await import('../follow/resumable.ts');
  const { printOutcome } = await import('../render/print-outcome.ts');
  const interruption = context.interruption();
  try {
    const { signal } = interruption;
    return await context.withRuntime(await context.loadConfig(), async (runtime) => {
      const task = await runtime.client.tasks.get(id);
      if (await isIdle(task, runtime)) io.talk('no worker is running; start one with: concept work');
      const outcome = await awaitOutcome(runtime, task, { io, signal, timeoutSeconds: timeout, mayWork: false });
      return printOutcome(outcome, { runtime, io, out });
    });
  } finally {
    interruption.dispose();
  }
}
