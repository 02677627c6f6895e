import { type Command, CommanderError } from 'commander';
import { ConceptError } from '../core/errors.ts';

/**
 * The parser's errors in our form; `done` when it was asked for help or the version, undefined when the error is not the
 * parser's.
 */
export function usageErrorOf(thrown: unknown, help: string): ConceptError | 'done' | undefined {
  if (!(thrown instanceof CommanderError)) return undefined;
  if (thrown.exitCode === 0) return 'done';
  const [first = '', second] = thrown.message.split('\n');
  const message = first
    .replace(/^error: /, '')
    .replace(/^missing required argument '(.+)'$/, 'missing argument: $1')
    .replace(/ argument missing$/, ': the value is missing')
    .replace(/'/g, '"');
  const suggestion = second?.replace(/^\(Did you mean (.+)\?\)$/, 'did you mean $1?');
  return new ConceptError('INVALID_INPUT', message, { hint: suggestion ?? `see: ${help}` });
}

/** True when the parser shows help for want of a command that it knows, not because help was asked for. */
export function isCommandMissing(thrown: unknown): boolean {
  return thrown instanceof CommanderError && thrown.code === 'commander.help' && thrown.exitCode !== 0;
}

/** The command line that explains the one that was given. */
export function helpCommand([name]: readonly string[], program: Command): string {
  const known = program.commands.some((command) => command.name() === name);
  return known ? `concept ${name} --help` : 'concept --help';
}
