import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { addDeadFilters, type DeadFilters } from '../../options/dead-filters.ts';

const EXAMPLES = `
Examples:
  concept dead redrive 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept dead redrive --code PROVIDER_FAILED --limit 100
  concept dead redrive --code PROVIDER_OUTCOME_UNKNOWN --batch spring
  concept dead redrive --all --dry-run`;

export interface RedriveOptions extends DeadFilters {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export function build(dead: Command, context: CliContext, run = runRedrive): void {
  const command = dead
    .command('redrive')
    .description(
      'Starts failed tasks again, oldest first; stages that are done are not repeated. Those with PROVIDER_OUTCOME_UNKNOWN may be paid for twice: name them by id or --code.',
    )
    .argument('[ids...]', 'task ids');
  addDeadFilters(command, { help: 'at most so many (default all that fit)', most: Number.MAX_SAFE_INTEGER })
    .option('--all', 'every failed task')
    .option('--dry-run', 'change nothing and tell how many it would be')
    .addHelpText('after', EXAMPLES)
    .action(async (ids: readonly string[], options: RedriveOptions) =>
      context.finish(await run(ids, options, context)),
    );
}

async function runRedrive(ids: readonly string[], options: RedriveOptions, context: CliContext): Promise<ExitCode> {
  const { redrive } = await import('../../maintenance/redrive.ts');
  return redrive(ids, options, context);
}
