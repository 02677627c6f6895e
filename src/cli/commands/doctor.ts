import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  concept doctor
  concept doctor --json | jq .problems

It exits with 0 when nothing is wrong and with 5 when something is.`;

export function build(program: Command, context: CliContext, run = runDoctor): void {
  program
    .command('doctor')
    .helpGroup('Maintenance:')
    .summary('check the data directory, and show what is in force')
    .description(
      'Checks the data directory, and shows changed settings, live workers and how the store works. It reads the whole store.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async () => context.finish(await run(context)));
}

async function runDoctor(context: CliContext): Promise<ExitCode> {
  const { doctor } = await import('../maintenance/doctor.ts');
  return doctor(context);
}
