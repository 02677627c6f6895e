import type { Command } from 'commander';
import { ConceptError, toConceptError } from '../core/errors.ts';
import type { CliContext } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';
import { bareGroup, helpCommand, isCommandMissing, usageErrorOf } from './usage-error.ts';

/** Runs one command line (without `node` and the script); never rejects. */
export async function runCli(args: readonly string[], context: CliContext): Promise<void> {
  context.finish(EXIT.success);
  const program = createProgram(context, args[0]);
  try {
    await parse(args, program, context);
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

async function parse(args: readonly string[], program: Command, context: CliContext): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (!isCommandMissing(thrown)) throw thrown;
    const [, topic] = program.args;
    // `help nope`: what `nope` alone would be answered with, the nearest command included.
    if (topic !== undefined) await createProgram(context).parseAsync([topic], { from: 'user' });
    else if (context.io.mode.json) throw noCommand(helpCommand(args, program));
    else (bareGroup(program.args, program) ?? program).outputHelp();
  }
}

function noCommand(help: string): ConceptError {
  return new ConceptError('INVALID_INPUT', 'no command given', { hint: `see: ${help}` });
}

/** Every error ends with what to do, also one that came without a hint. */
function fallbackHint(error: ConceptError, help: string): string {
  if (exitCodeOf(error) === EXIT.badInput) return `see: ${help}`;
  return error.retryable && error.code !== 'INTERNAL' ? 'try again later' : 'add --verbose to see more';
}
