import type { MigrationState } from '../../config/database.ts';
import type { DbOptions } from '../commands/db.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** `concept db sql`, `migrate` and `status`. */
export async function database(
  action: 'sql' | 'migrate' | 'status',
  { suffix, databaseUrl }: DbOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { io } = context;
  const config = await context.loadConfig({
    ...(suffix !== undefined && { dbSuffix: suffix }),
    ...(databaseUrl !== undefined && { databaseUrl }),
  });
  const { databaseSql, databaseStates, migrateDatabase } = await import('../../config/database.ts');
  if (action === 'sql') {
    const sql = await databaseSql(config);
    if (io.mode.json) io.json({ sql });
    else io.data(sql.trimEnd());
    return EXIT.success;
  }
  const migrations = action === 'migrate' ? await migrateDatabase(config) : await databaseStates(config);
  if (io.mode.json) io.json({ [action === 'migrate' ? 'applied' : 'migrations']: migrations });
  else for (const migration of migrations) io.data(migrationLine(migration));
  if (action === 'migrate' && migrations.length === 0) io.talk('nothing to do: every migration is applied');
  const isMissing = migrations.some(({ appliedAt }) => appliedAt === null);
  if (isMissing) io.talk('apply what is missing with: concept db migrate');
  return isMissing ? EXIT.unreachable : EXIT.success;
}

function migrationLine({ version, name, appliedAt }: MigrationState): string {
  return `${version}\t${name}\t${appliedAt ?? 'missing'}`;
}
