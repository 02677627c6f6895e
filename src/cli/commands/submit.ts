import type { Command } from 'commander';
import { SUPPORTED_TYPES } from '../../core/supported-types.ts';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { hasFile } from '../options/file-options.ts';
import { once, oneOf, text } from '../options/option-values.ts';
import type { TypedSubmitOptions } from '../options/submission.ts';
import { addSubmitOptions } from '../options/submit-options.ts';

const EXAMPLES = `
Examples:
  concept submit --logo "a fox reading a book" --theme "night blues, calm" --wait
  concept submit --logo "a teapot" --theme "warm autumn" --palettes 3 --seed 42 --wait --out teapot
  concept submit --image logo.png --theme "pastel spring" --wait
  concept submit --type refinement --original photo.jpg --prompt "warmer, darker background" --wait
  concept submit --file rows.jsonl --wait                           # a batch: one JSON object a line
  concept submit --file rows.jsonl --batch spring --priority 10     # run again: only what is missing
  make-rows | concept submit --file - --json
  id=$(concept submit --logo "a panda" --theme "green and white")   # work it later: concept work --drain

A row of a file: {"type":"generation","logo":"a fox","theme":"night blues","palettes":7,"seed":1,"image":"logo.png"}
or {"type":"refinement","original":"logo.png","prompt":"warmer"}; also idempotencyKey, priority, runAt, maxAttempts,
minVariations. Paths begin at the file. All rows are checked before the first is sent.`;

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
    .option('--file <rows.jsonl|->', 'submit a file of rows, or standard input', once('--file', text))
    .option('--batch <name>', 'with --file: name of the batch', once('--batch', text))
    .addHelpText('after', EXAMPLES)
    .action(async (options: TypedSubmitOptions) => context.finish(await run(options, context)));
}

export async function runSubmit(options: TypedSubmitOptions, context: CliContext): Promise<ExitCode> {
  if (hasFile(options)) {
    const { submitFile } = await import('../batch/submit-file.ts');
    return submitFile(options, context);
  }
  const { submitTask } = await import('../submit-task.ts');
  return submitTask(options, context);
}
