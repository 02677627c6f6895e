import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { once, whole } from '../options/option-values.ts';
import { sizeBytes } from '../options/size-values.ts';
import { durationMs } from '../options/time-values.ts';

const EXAMPLES = `
Examples:
  concept gc --older-than 30d --dry-run
  concept gc --keep 1000 --max-bytes 2GB
  concept gc                                  # only files that belong to nothing

Pinned tasks stay (concept pin ID), and so do those whose images an unfinished task works from.`;

export interface GcCommandOptions {
  readonly olderThan?: number;
  readonly keep?: number;
  readonly maxBytes?: number;
  readonly dryRun?: boolean;
}

export function build(program: Command, context: CliContext, run = runGc): void {
  program
    .command('gc')
    .helpGroup('Maintenance:')
    .summary('remove old tasks with their images, and files that belong to nothing')
    .description(
      'Removes finished tasks that any of the rules names, with their images, and files that belong to nothing.',
    )
    .option('--older-than <age>', 'those that ended longer ago: 90s, 12h, 30d, 4w', once('--older-than', durationMs))
    .option('--keep <n>', 'those beyond the newest so many', once('--keep', whole(0, Number.MAX_SAFE_INTEGER)))
    .option('--max-bytes <size>', 'the oldest, until images fit: 500MB, 2GB', once('--max-bytes', sizeBytes))
    .option('--dry-run', 'change nothing and tell what would be removed')
    .addHelpText('after', EXAMPLES)
    .action(async (options: GcCommandOptions) => context.finish(await run(options, context)));
}

async function runGc(options: GcCommandOptions, context: CliContext): Promise<ExitCode> {
  const { gc } = await import('../maintenance/gc.ts');
  return gc(options, context);
}
