import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { addDeadFilters, type DeadFilters } from '../../options/dead-filters.ts';
import { once, text } from '../../options/option-values.ts';

const MAX_LIMIT = 1_000;

const EXAMPLES = `
Examples:
  concept dead list
  concept dead list --code PROVIDER_FAILED --batch spring
  concept dead list --json | jq -r '.tasks[] | [.id, .error.code] | @tsv'`;

export interface DeadListOptions extends DeadFilters {
  readonly cursor?: string;
}

export function build(dead: Command, context: CliContext, run = runDeadList): void {
  const command = dead.command('list').description('Lists failed tasks with their errors, newest first.');
  addDeadFilters(command, { help: `at most so many, 1 to ${MAX_LIMIT} (default 20)`, most: MAX_LIMIT })
    .option('--cursor <cursor>', 'the next page, as the page before named it', once('--cursor', text))
    .addHelpText('after', EXAMPLES)
    .action(async (options: DeadListOptions) => context.finish(await run(options, context)));
}

async function runDeadList(options: DeadListOptions, context: CliContext): Promise<ExitCode> {
  const { listDead } = await import('../../maintenance/list-dead.ts');
  return listDead(options, context);
}
