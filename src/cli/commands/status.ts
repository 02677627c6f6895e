import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { batchOption, type BatchOptions, targetOf } from '../options/target.ts';
import { fieldLines } from '../render/fields.ts';
import { taskLines } from '../render/task-lines.ts';
import type { TaskCounts } from '../runtime-types.ts';
import { taskJson } from '../task-json.ts';

const EXAMPLES = `
Examples:
  concept status                                         # how many tasks are in which state
  concept status 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept status --batch spring
  concept status 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 --json | jq -r .task.status`;

export function build(program: Command, context: CliContext, run = runStatus): void {
  program
    .command('status')
    .helpGroup('Follow tasks:')
    .summary('show one task or batch, or how many tasks are in which state')
    .description(
      'Shows one task or batch; without an id, how many tasks are in which state and how many workers are alive.',
    )
    .argument('[id]', 'task id')
    .option(...batchOption)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: BatchOptions) => context.finish(await run(id, options, context)));
}

export async function runStatus(
  id: string | undefined,
  { batch }: BatchOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  if (batch !== undefined) {
    targetOf(id, batch);
    const { printBatch } = await import('../batch/print-batch.ts');
    return printBatch(batch, context);
  }
  await context.withRuntime(await context.loadConfig(), async ({ client, workers }) => {
    if (id !== undefined) {
      const task = await client.tasks.get(id);
      if (io.mode.json) io.json({ task: taskJson(task) });
      else for (const line of taskLines(task, io.stdout, Date.now())) io.data(line);
      return;
    }
    const counts = await client.tasks.counts();
    const alive = (await workers.live()).filter(({ kind }) => kind === 'worker').length;
    if (io.mode.json) io.json({ counts, workers: alive });
    else for (const line of fieldLines(countFields(counts, alive), io.stdout)) io.data(line);
  });
  return EXIT.success;
}

function countFields({ pending, processing, completed, failed, cancelled }: TaskCounts, workers: number) {
  return [
    ['pending', pending],
    ['processing', processing],
    ['completed', completed],
    ['failed', failed],
    ['cancelled', cancelled],
    ['workers', workers],
  ] as const;
}
