import { type ConceptError, toConceptError } from '../core/errors.ts';
import type { CliContext } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { helpCommand, usageErrorOf } from './usage-error.ts';

/** Runs one command line (without `node` and the script); never rejects. */
export async function runCli(args: readonly string[], context: CliContext): Promise<void> {
  context.finish(EXIT.success);
  const program = createProgram(context);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    const usage = usageErrorOf(thrown, helpCommand(args, program));
    if (usage === 'done') return;
    const error = usage ?? toConceptError(thrown);
    // Nobody reads any more: the abort that this caused is no failure.
    if (error.code === 'ABORTED' && context.io.stdoutClosed.aborted) return;
    reportError(error, fallbackHint(error, helpCommand(args, program)), context.io);
    context.finish(exitCodeOf(error));
  }
}

/** Every error ends with what to do, also one that came without a hint. */
function fallbackHint(error: ConceptError, help: string): string {
  if (exitCodeOf(error) === EXIT.badInput) return `see: ${help}`;
  return error.retryable && error.code !== 'INTERNAL' ? 'try again later' : 'add --verbose to see more';
}
