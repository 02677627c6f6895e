import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { once, text } from '../options/option-values.ts';
import { printable } from '../render/printable.ts';

const EXAMPLES = `
Examples:
  concept download 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111
  concept download 0198c9f2-8a51-7cc3-b1de-0c4a5ff0a111 --out images`;

export interface DownloadOptions {
  readonly out?: string;
}

export function build(program: Command, context: CliContext, run = runDownload): void {
  program
    .command('download')
    .helpGroup('Results:')
    .summary("save a concept's images")
    .description("Saves a concept's images and concept.json, and prints the paths of the files.")
    .argument('<id>', "concept id, or its task's id")
    .option('--out <dir>', 'where to (default ./concept-ID)', once('--out', text))
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: DownloadOptions) => context.finish(await run(id, options, context)));
}

export async function runDownload(id: string, { out }: DownloadOptions, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  await context.withRuntime(await context.loadConfig(), async (runtime) => {
    const { conceptOf } = await import('../concept-of.ts');
    const concept = await conceptOf(id, runtime);
    const files = await runtime.client.concepts.download(concept.id, out ?? `concept-${concept.id}`);
    if (io.mode.json) io.json({ files });
    else for (const file of files) io.data(printable(file));
  });
  return EXIT.success;
}
