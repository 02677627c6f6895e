import { Argument, type Command } from 'commander';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { addSubmitOptions, type SubmitOptions } from '../options/submit-options.ts';

const EXAMPLES = `
Examples:
  concept refine 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 "warmer, darker background" --wait
  concept refine logo.png "pastel colours" --palettes 2 --wait --out pastel
  concept refine https://example.com/logo.png "higher contrast"`;

export interface RefineArguments {
  /** A concept id, a file or a URL. */
  readonly original: string;
  readonly prompt: string;
}

export function build(program: Command, context: CliContext, run = runRefine): void {
  const command = program
    .command('refine')
    .helpGroup('Make concepts:')
    .summary('change a concept, an image file or an image by its URL')
    .description('Submits a refinement. It prints the task id; with --wait it prints the result.')
    .addArgument(new Argument('<original>', 'concept id, file or URL').argRequired())
    .argument('<prompt>', 'what to change');
  addSubmitOptions(command, '4')
    .addHelpText('after', EXAMPLES)
    .action(async (original: string, prompt: string, options: SubmitOptions) =>
      context.finish(await run({ original, prompt }, options, context)),
    );
}

export async function runRefine(
  { original, prompt }: RefineArguments,
  options: SubmitOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { submitTask } = await import('../submit-task.ts');
  return submitTask({ ...options, type: 'refinement', original, prompt }, context);
}
