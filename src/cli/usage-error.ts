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
export function helpCommand([name, ...rest]: readonly string[], program: Command): string {
  const command = findCommand(name, program);
  if (!command) return 'concept --help';
  const nested = rest.map((word) => findCommand(word, command)).find((found) => found !== undefined);
  return ['concept', command.name(), ...(nested ? [nested.name()] : []), '--help'].join(' ');
}

/** The command that has commands of its own and was given none of them. */
export function bareGroup([name]: readonly string[], program: Command): Command | undefined {
  const command = findCommand(name, program);
  return command && command.commands.length > 0 ? command : undefined;
}

function findCommand(name: string | undefined, parent: Command): Command | undefined {
  return parent.commands.find((command) => command.name() === name);
}
