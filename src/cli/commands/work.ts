import type { Command } from 'commander';
import { SUPPORTED_TYPES, type SupportedType } from '../../core/supported-types.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { listOf, once, seconds, whole } from '../options/option-values.ts';

const MAX_CONCURRENCY = 64;

const EXAMPLES = `
Examples:
  concept work                                # until Ctrl-C
  concept work --drain                        # until nothing is left to do
  concept work --concurrency 4 --types generation`;

export interface WorkOptions {
  readonly drain?: boolean;
  readonly concurrency?: number;
  readonly types?: readonly SupportedType[];
  readonly maxTasks?: number;
  readonly leaseSeconds?: number;
}

export function build(program: Command, context: CliContext, run = runWork): void {
  program
    .command('work')
    .helpGroup('Workers:')
    .summary('process tasks')
    .description(
      'Processes tasks until it is stopped by Ctrl-C or SIGTERM; tasks under way are finished or given back.',
    )
    .option('--drain', 'stop when nothing is left to do')
    .option(
      '--concurrency <n>',
      `tasks at the same time, 1 to ${MAX_CONCURRENCY} (default 2)`,
      once('--concurrency', whole(1, MAX_CONCURRENCY)),
    )
    .option('--types <types>', `only these, of ${SUPPORTED_TYPES.join(',')}`, once('--types', listOf(SUPPORTED_TYPES)))
    .option('--max-tasks <n>', 'stop after so many attempts', once('--max-tasks', whole(1, Number.MAX_SAFE_INTEGER)))
    .option(
      '--lease-seconds <n>',
      'how long this worker may be silent before its tasks go to another (default 15)',
      once('--lease-seconds', seconds),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: WorkOptions) => context.finish(await run(options, context)));
}

export async function runWork(options: WorkOptions, context: CliContext): Promise<ExitCode> {
  const { work } = await import('../work.ts');
  return work(options, context);
}
