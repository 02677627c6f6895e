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
  if (action === 'migrate') {
    const { applied, warnings } = await migrateDatabase(config);
    if (io.mode.json) io.json({ applied, warnings });
    else for (const migration of applied) io.data(migrationLine(migration));
    for (const warning of warnings) io.talk(`warning: ${warning}`);
    if (applied.length === 0) io.talk('nothing to do: every migration is applied');
    return EXIT.success;
  }
  const migrations = await databaseStates(config);
  if (io.mode.json) io.json({ migrations });
  else for (const migration of migrations) io.data(migrationLine(migration));
  const isWhole = migrations.every(({ status }) => status === 'applied');
  if (!isWhole) io.talk('apply what is missing, or see why it cannot be, with: concept db migrate');
  return isWhole ? EXIT.success : EXIT.unreachable;
}

function migrationLine({ version, name, status, appliedAt }: MigrationState): string {
  return [version, name, status, appliedAt ?? ''].join('\t').trimEnd();
}
