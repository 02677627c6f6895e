import type { Command } from 'commander';
import { SUPPORTED_TYPES } from '../../core/supported-types.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { once, oneOf, text } from '../options/option-values.ts';
import type { TypedSubmitOptions } from '../options/submission.ts';
import { addSubmitOptions } from '../options/submit-options.ts';

const EXAMPLES = `
Examples:
  concept submit --logo "a fox reading a book" --theme "night blues, calm" --wait
  concept submit --logo "a teapot" --theme "warm autumn" --palettes 3 --seed 42 --wait --out teapot
  concept submit --image logo.png --theme "pastel spring" --wait
  concept submit --type refinement --original photo.jpg --prompt "warmer, darker background" --wait
  id=$(concept submit --logo "a panda" --theme "green and white")   # work it later: concept work --drain`;

export function build(program: Command, context: CliContext, run = runSubmit): void {
  const command = program
    .command('submit')
    .helpGroup('Make concepts:')
    .summary('describe a concept: a base image, palettes and a variation of each')
    .description('Submits a task. It prints the task id; with --wait it prints the result.')
    .option(
      '--type <type>',
      `${SUPPORTED_TYPES.join(' or ')} (default generation)`,
      once('--type', oneOf(SUPPORTED_TYPES)),
    );
  addSubmitOptions(command, '7, or 4 for a refinement')
    .option('--image <file|url|id>', 'your own picture, instead of one made from --logo', once('--image', text))
    .option('--original <file|url|id>', 'for a refinement: what to refine', once('--original', text))
    .option('--prompt <text>', 'for a refinement: what to change', once('--prompt', text))
    .addHelpText('after', EXAMPLES)
    .action(async (options: TypedSubmitOptions) => context.finish(await run(options, context)));
}

export async function runSubmit(options: TypedSubmitOptions, context: CliContext): Promise<ExitCode> {
  const { submitTask } = await import('../submit-task.ts');
  return submitTask(options, context);
}
