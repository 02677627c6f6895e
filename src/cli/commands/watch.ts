import type { Command } from 'commander';
import { invalidInput, toConceptError } from '../../core/errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { once, seconds, whole } from '../options/option-values.ts';
import { batchOption, type BatchOptions, targetOf } from '../options/target.ts';

const EXAMPLES = `
Examples:
  concept watch 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept watch 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 --json | jq -r .type
  concept watch --batch spring`;

export interface WatchOptions extends BatchOptions {
  readonly afterSeq?: number;
  readonly timeout?: number;
}

export function build(program: Command, context: CliContext, run = runWatch): void {
  program
    .command('watch')
    .helpGroup('Follow tasks:')
    .summary('print the events of a task as they happen, or how far a batch is')
    .description('Prints what has happened to a task and what happens to it, or how far a batch is, to the end.')
    .argument('[id]', 'task id')
    .option(...batchOption)
    .option('--after-seq <n>', 'only events after this number', once('--after-seq', whole(0, Number.MAX_SAFE_INTEGER)))
    .option('--timeout <seconds>', 'stop watching after so long; the task goes on', once('--timeout', seconds))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: WatchOptions) => context.finish(await run(id, options, context)));
}

export async function runWatch(
  id: string | undefined,
  { afterSeq, timeout, batch }: WatchOptions,
  context: CliContext,
): Promise<ExitCode> {
  const target = targetOf(id, batch);
  if ('taskId' in target) return watchTask(target.taskId, { afterSeq, timeout }, context);
  if (afterSeq !== undefined) throw invalidInput('--after-seq', 'does not go with --batch', 'leave it out');
  const { watchBatch } = await import('../batch/watch-batch.ts');
  return watchBatch(target.batch, timeout, context);
}

async function watchTask(
  id: string,
  { afterSeq, timeout }: { readonly afterSeq: number | undefined; readonly timeout: number | undefined },
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const { eventLine } = await import('../render/event-line.ts');
  const { resumable } = await import('../follow/resumable.ts');
  const interruption = context.interruption();
  try {
    return await context.withRuntime(await context.loadConfig(), async (runtime) => {
      const { tasks } = runtime.client;
      try {
        const events = tasks.watch(id, {
          signal: interruption.signal,
          ...(afterSeq !== undefined && { afterSeq }),
          ...(timeout !== undefined && { timeoutMs: timeout * 1_000 }),
        });
        for await (const event of events) {
          if (io.mode.json) io.json(event);
          else io.data(eventLine(event, io.stdout));
        }
        const { task } = await tasks.wait(id);
        return task.partial ? EXIT.partial : EXIT.success;
      } catch (thrown) {
        throw await resumable(toConceptError(thrown), runtime, { taskId: id, resume: `concept watch ${id}` });
      }
    });
  } finally {
    interruption.dispose();
  }
}
