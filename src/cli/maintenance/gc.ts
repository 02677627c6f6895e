import type { GcCommandOptions } from '../commands/gc.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fieldLines } from '../render/fields.ts';

/** `concept gc`. */
export async function gc(
  { olderThan, keep, maxBytes, dryRun }: GcCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  if ([olderThan, keep, maxBytes].every((rule) => rule === undefined)) {
    io.talk('no rule given: no task is removed, only files that belong to nothing; see: concept gc --help');
  }
  const interruption = context.interruption();
  try {
    await context.withRuntime(await context.loadConfig(), async ({ client }) => {
      const { signal } = interruption;
      const report = await client.maintenance.gc({ olderThanMs: olderThan, keep, maxBytes, dryRun }, { signal });
      if (io.mode.json) {
        io.json(report);
        return;
      }
      const { tasks, blobs, orphans, leftovers, bytes } = report;
      for (const line of fieldLines(Object.entries({ tasks, blobs, orphans, leftovers, bytes }), io.stdout))
        io.data(line);
      if (report.dryRun) io.talk('nothing was removed: this was a dry run');
    });
  } finally {
    interruption.dispose();
  }
  return EXIT.success;
}
