import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Field, fieldLines } from '../render/fields.ts';

const EXAMPLES = `
Examples:
  concept config
  concept config --all
  concept config --json | jq '.settings[] | select(.source != null)'

A setting has one name in three forms: leaseSeconds in concept.config.json, CONCEPT_LEASE_SECONDS in the
environment, --lease-seconds where a command takes it. Secrets are never shown.`;

interface ConfigOptions {
  readonly all?: boolean;
}

export function build(program: Command, context: CliContext, run = runConfig): void {
  program
    .command('config')
    .helpGroup('Maintenance:')
    .summary('show the settings in force, and where each came from')
    .description('Shows the settings in force and where each came from; those at their defaults with --all or --json.')
    .option('--all', 'also what is at its default')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ConfigOptions) => context.finish(await run(options, context)));
}

async function runConfig({ all = false }: ConfigOptions, context: CliContext): Promise<ExitCode> {
  const { io } = context;
  const settings = await context.findSettings();
  if (io.mode.json) {
    io.json({ settings });
    return EXIT.success;
  }
  const shown = settings.filter(({ source }) => all || source !== null);
  const fields = shown.map(({ name, value, source, variables }): Field => [
    name,
    `${shownValue(value)}  (${source ?? `default; ${variables.join(' or ')}`})`,
  ]);
  for (const line of fieldLines(fields, io.stdout)) io.data(line);
  if (fields.length === 0) io.talk('every setting is at its default; see them all with: concept config --all');
  return EXIT.success;
}

function shownValue(value: string | number | boolean | null): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}
