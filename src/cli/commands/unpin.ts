import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  concept unpin 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111`;

export function build(program: Command, context: CliContext, run = runUnpin): void {
  program
    .command('unpin')
    .helpGroup('Maintenance:')
    .summary('let gc remove a pinned task again')
    .description('Takes a pin away: the rules of gc hold for the task again.')
    .argument('<id>', 'task id')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string) => context.finish(await run(id, context)));
}

async function runUnpin(id: string, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  await context.withRuntime(await context.loadConfig(), async ({ client }) => {
    await client.maintenance.unpin(id);
    if (io.mode.json) io.json({ taskId: id, pinned: false });
    else io.data(`${id}\tunpinned`);
  });
  return EXIT.success;
}
