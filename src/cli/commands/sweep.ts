import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  concept sweep
  * * * * * concept sweep --quiet        # where no worker runs all the time

Workers do this by themselves. It exits with 5 when something could not be published.`;

export function build(program: Command, context: CliContext, run = runSweep): void {
  program
    .command('sweep')
    .helpGroup('Maintenance:')
    .summary('return tasks of lost workers, and publish what is not published')
    .description(
      'Returns the tasks of workers that fell silent, and publishes tasks whose message is missing or was lost.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async () => context.finish(await run(context)));
}

async function runSweep(context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const outcome = await context.withRuntime(await context.loadConfig(), (runtime) => runtime.sweep());
  if (io.mode.json) io.json({ sweep: outcome });
  else for (const [name, count] of Object.entries(outcome)) io.data(`${name}: ${count}`);
  return outcome.unpublished > 0 ? EXIT.unreachable : EXIT.success;
}
