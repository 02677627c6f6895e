import type { Command } from 'commander';
import { TASK_STATUSES, TASK_TYPES, type TaskStatus, type TaskType } from '../../core/task.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { commandLine } from '../options/command-line.ts';
import { once, oneOf, text, whole } from '../options/option-values.ts';
import { taskJson } from '../task-json.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

const EXAMPLES = `
Examples:
  concept list
  concept list --status failed --limit 100
  concept list --batch spring --status failed
  concept list --json | jq -r '.tasks[].id'`;

export interface ListOptions {
  readonly status?: TaskStatus;
  readonly type?: TaskType;
  readonly user?: string;
  readonly batch?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export function build(program: Command, context: CliContext, run = runList): void {
  program
    .command('list')
    .helpGroup('Follow tasks:')
    .summary('list tasks, newest first')
    .description('Lists tasks, newest first.')
    .option('--status <status>', TASK_STATUSES.join(', '), once('--status', oneOf(TASK_STATUSES)))
    .option('--type <type>', TASK_TYPES.join(', '), once('--type', oneOf(TASK_TYPES)))
    .option('--user <id>', "only this user's tasks", once('--user', text))
    .option('--batch <name>', 'only tasks of this batch, by its name or id', once('--batch', text))
    .option(
      '--limit <n>',
      `at most so many, 1 to ${MAX_LIMIT} (default ${DEFAULT_LIMIT})`,
      once('--limit', whole(1, MAX_LIMIT)),
    )
    .option('--cursor <cursor>', 'the next page, as the page before named it', once('--cursor', text))
    .addHelpText('after', EXAMPLES)
    .action(async (options: ListOptions) => context.finish(await run(options, context)));
}

export async function runList(options: ListOptions, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const { limit = DEFAULT_LIMIT, user, batch, ...query } = options;
  await context.withRuntime(await context.loadConfig(), async ({ client }) => {
    const batchId = batch === undefined ? undefined : (await client.batches.get(batch)).id;
    const { tasks, nextCursor } = await client.tasks.list({ ...query, userId: user, batchId, limit });
    if (io.mode.json) {
      io.json({ tasks: tasks.map(taskJson), nextCursor });
      return;
    }
    const { taskRows } = await import('../render/task-rows.ts');
    for (const line of await taskRows(tasks, io.stdout, Date.now())) io.data(line);
    if (tasks.length === 0) io.talk('no tasks; submit one with: concept submit');
    if (nextCursor !== null) {
      const { status, type, limit: given } = options;
      const flags = { status, type, user, batch, limit: given, cursor: nextCursor };
      io.talk(`more with: ${commandLine('concept list', flags)}`);
    }
  });
  return EXIT.success;
}
