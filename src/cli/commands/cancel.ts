import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { batchOption, type BatchOptions, targetOf } from '../options/target.ts';
import { taskJson } from '../task-json.ts';

const EXAMPLES = `
Examples:
  concept cancel 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept cancel --batch spring`;

export function build(program: Command, context: CliContext, run = runCancel): void {
  program
    .command('cancel')
    .helpGroup('Follow tasks:')
    .summary('end a pending or running task')
    .description('Ends a pending or running task; a running one is stopped.')
    .argument('[id]', 'task id')
    .option(...batchOption)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: BatchOptions) => context.finish(await run(id, options, context)));
}

export async function runCancel(
  id: string | undefined,
  { batch }: BatchOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const target = targetOf(id, batch);
  if ('batch' in target) {
    const { changeBatch } = await import('../batch/change-batch.ts');
    return changeBatch(target.batch, 'cancel', context);
  }
  await context.withRuntime(await context.loadConfig(), async ({ client }) => {
    const task = await client.tasks.cancel(target.taskId);
    if (io.mode.json) io.json({ task: taskJson(task) });
    else io.data(`${task.id}\t${task.status}`);
  });
  return EXIT.success;
}
