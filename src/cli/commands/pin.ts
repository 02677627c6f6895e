import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  concept pin 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111`;

export function build(program: Command, context: CliContext, run = runPin): void {
  program
    .command('pin')
    .helpGroup('Maintenance:')
    .summary('keep a task and its images whatever gc is told')
    .description('Keeps a task and its images, whatever the rules of gc say. A task can be pinned before it has ended.')
    .argument('<id>', 'task id')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string) => context.finish(await run(id, context)));
}

async function runPin(id: string, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  await context.withRuntime(await context.loadConfig(), async ({ client }) => {
    await client.maintenance.pin(id);
    if (io.mode.json) io.json({ taskId: id, pinned: true });
    else io.data(`${id}\tpinned`);
  });
  return EXIT.success;
}
