import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  concept show 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept show 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 --json | jq -r '.concept.variations[].palette.colors[0]'`;

export function build(program: Command, context: CliContext, run = runShow): void {
  program
    .command('show')
    .helpGroup('Results:')
    .summary('show a concept: palettes and files')
    .description('Shows a concept with its palettes and where its images are.')
    .argument('<id>', "concept id, or its task's id")
    .addHelpText('after', EXAMPLES)
    .action(async (id: string) => context.finish(await run(id, context)));
}

export async function runShow(id: string, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  await context.withRuntime(await context.loadConfig(), async (runtime) => {
    const { conceptOf } = await import('../concept-of.ts');
    const concept = await conceptOf(id, runtime);
    if (io.mode.json) {
      io.json({ concept });
      return;
    }
    const { conceptLines } = await import('../render/concept-lines.ts');
    const { imageFiles } = await import('../image-files.ts');
    for (const line of await conceptLines(concept, await imageFiles(runtime, concept.id), io.stdout)) io.data(line);
  });
  return EXIT.success;
}
