import type { Command } from 'commander';
import { toConceptError } from '../../core/errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { once, seconds, whole } from '../options/option-values.ts';

const EXAMPLES = `
Examples:
  concept watch 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept watch 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 --json | jq -r .type`;

export interface WatchOptions {
  readonly afterSeq?: number;
  readonly timeout?: number;
}

export function build(program: Command, context: CliContext, run = runWatch): void {
  program
    .command('watch')
    .helpGroup('Follow tasks:')
    .summary('print the events of a task as they happen')
    .description('Prints what has happened to a task and what happens to it, until it has ended.')
    .argument('<id>', 'task id')
    .option('--after-seq <n>', 'only events after this number', once('--after-seq', whole(0, Number.MAX_SAFE_INTEGER)))
    .option('--timeout <seconds>', 'stop watching after so long; the task goes on', once('--timeout', seconds))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: WatchOptions) => context.finish(await run(id, options, context)));
}

export async function runWatch(
  id: string,
  { afterSeq, timeout }: WatchOptions,
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
