import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { once, text } from '../options/option-values.ts';

const EXAMPLES = `
Examples:
  concept db sql --suffix _dev > concept_dev.sql
  concept db migrate --database-url postgresql://postgres:PASSWORD@HOST:5432/postgres
  concept db status --json`;

export interface DbOptions {
  readonly suffix?: string;
  readonly databaseUrl?: string;
}

type DbAction = 'sql' | 'migrate' | 'status';
const SUMMARIES: Readonly<Record<DbAction, string>> = {
  sql: 'print the SQL of every migration, with the names of this deployment',
  migrate: 'apply the migrations that are missing',
  status: 'show which migrations are applied; exits with 5 when one is missing',
};

export function build(program: Command, context: CliContext, run = runDb): void {
  const db = program
    .command('db')
    .helpGroup('Maintenance:')
    .summary('tables and functions of a Supabase project')
    .description('Prints or applies the tables and functions that a Supabase project needs, and shows which it has.')
    .addHelpText('after', EXAMPLES);
  for (const action of Object.keys(SUMMARIES) as DbAction[]) {
    const command = db
      .command(action)
      .summary(SUMMARIES[action])
      .description(`${SUMMARIES[action][0]!.toUpperCase()}${SUMMARIES[action].slice(1)}.`)
      .option('--suffix <text>', 'ending of the names, such as _dev (CONCEPT_DB_SUFFIX)', once('--suffix', text));
    if (action !== 'sql') {
      command.option(
        '--database-url <url>',
        'Postgres connection string (CONCEPT_DATABASE_URL)',
        once('--database-url', text),
      );
    }
    command.action(async (options: DbOptions) => context.finish(await run(action, options, context)));
  }
}

async function runDb(action: DbAction, options: DbOptions, context: CliContext): Promise<ExitCode> {
  const { database } = await import('../maintenance/database.ts');
  return database(action, options, context);
}
