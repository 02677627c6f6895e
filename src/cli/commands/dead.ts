import type { Command } from 'commander';
import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts';
import { TASK_TYPES, type TaskType } from '../../core/task.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { once, oneOf, text, whole } from '../options/option-values.ts';

const CODES = Object.keys(ERROR_CODES) as ErrorCode[];
const MAX_PAGE = 1_000;

const LIST_EXAMPLES = `
Examples:
  concept dead list
  concept dead list --code PROVIDER_FAILED --batch spring
  concept dead list --json | jq -r '.tasks[] | [.id, .error.code] | @tsv'`;

const REDRIVE_EXAMPLES = `
Examples:
  concept dead redrive 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept dead redrive --code PROVIDER_FAILED --limit 100
  concept dead redrive --all --dry-run`;

/** Which failed tasks. */
export interface DeadFilters {
  readonly type?: TaskType;
  readonly code?: ErrorCode;
  readonly batch?: string;
  readonly user?: string;
  readonly limit?: number;
}

export interface DeadListOptions extends DeadFilters {
  readonly cursor?: string;
}

export interface RedriveOptions extends DeadFilters {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export function build(program: Command, context: CliContext, run = { list: runList, redrive: runRedrive }): void {
  const dead = program
    .command('dead')
    .helpGroup('Maintenance:')
    .summary('failed tasks: list them, start them again')
    .description('Tasks that have failed for good: see why, and start them again once the reason is gone.');
  const list = dead.command('list').description('Lists failed tasks with their errors, newest first.');
  addFilters(list, `at most so many, 1 to ${MAX_PAGE} (default 20)`, MAX_PAGE)
    .option('--cursor <cursor>', 'the next page, as the page before named it', once('--cursor', text))
    .addHelpText('after', LIST_EXAMPLES)
    .action(async (options: DeadListOptions) => context.finish(await run.list(options, context)));
  const redrive = dead
    .command('redrive')
    .description('Starts failed tasks again, oldest first; stages that are done are not repeated.')
    .argument('[ids...]', 'task ids');
  addFilters(redrive, 'at most so many (default all that fit)', Number.MAX_SAFE_INTEGER)
    .option('--all', 'every failed task')
    .option('--dry-run', 'tell how many it would be')
    .addHelpText('after', REDRIVE_EXAMPLES)
    .action(async (ids: readonly string[], options: RedriveOptions) =>
      context.finish(await run.redrive(ids, options, context)),
    );
}

function addFilters(command: Command, limitHelp: string, most: number): Command {
  return command
    .option('--type <type>', TASK_TYPES.join(', '), once('--type', oneOf(TASK_TYPES)))
    .option('--code <code>', 'only those with this error code', once('--code', oneOf(CODES)))
    .option('--batch <name>', 'only those of this batch, by its name or id', once('--batch', text))
    .option('--user <id>', "only this user's tasks", once('--user', text))
    .option('--limit <n>', limitHelp, once('--limit', whole(1, most)));
}

async function runList(options: DeadListOptions, context: CliContext): Promise<ExitCode> {
  const { listDead } = await import('../maintenance/list-dead.ts');
  return listDead(options, context);
}

async function runRedrive(ids: readonly string[], options: RedriveOptions, context: CliContext): Promise<ExitCode> {
  const { redrive } = await import('../maintenance/redrive.ts');
  return redrive(ids, options, context);
}
