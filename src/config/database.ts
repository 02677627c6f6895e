import type { DatabaseNames } from '../adapters/stores/supabase/migration-files.ts';
import type { MigrateReport } from '../adapters/stores/supabase/migrate.ts';
import type { MigrationState } from '../adapters/stores/supabase/migration-log.ts';
import { missingSetting } from './missing-setting.ts';
import type { Config } from './settings.ts';

export type { MigrationState } from '../adapters/stores/supabase/migration-log.ts';

/** All migrations as one script, with the deployment's names; it notes what it applies, as {@link migrateDatabase} does. */
export async function databaseSql(config: Config): Promise<string> {
  const { readMigrations } = await import('../adapters/stores/supabase/migration-files.ts');
  const { migrationScript } = await import('../adapters/stores/supabase/migrate.ts');
  const names = namesOf(config);
  return readMigrations(names)
    .map((migration) => migrationScript(migration, names))
    .join('\n');
}

/** Applies what is missing. @throws ConceptError */
export async function migrateDatabase(config: Config): Promise<MigrateReport> {
  const { migrateDatabase: migrate } = await import('../adapters/stores/supabase/migrate.ts');
  return migrate({ databaseUrl: urlOf(config), names: namesOf(config) });
}

/** @throws ConceptError */
export async function databaseStates(config: Config): Promise<readonly MigrationState[]> {
  const { migrationStates } = await import('../adapters/stores/supabase/migrate.ts');
  return migrationStates({ databaseUrl: urlOf(config), names: namesOf(config) });
}

function urlOf({ databaseUrl }: Config): string {
  if (databaseUrl !== undefined) return databaseUrl;
  throw missingSetting('databaseUrl', {
    hint: 'set it to the project’s connection string, or apply the output of concept db sql yourself',
  });
}

/** A table that has no name of its own ends as all else does. */
function namesOf(config: Config): DatabaseNames {
  const { dbSuffix: suffix, dbTableTasks, dbTableConcepts, dbTablePalettes } = config;
  const named = (name: string, standard: string): string => (name === standard ? `${standard}${suffix}` : name);
  return {
    suffix,
    tasks: named(dbTableTasks, 'tasks'),
    concepts: named(dbTableConcepts, 'concepts'),
    variations: named(dbTablePalettes, 'color_variations'),
    conceptBucket: config.storageBucketConcept,
    paletteBucket: config.storageBucketPalette,
  };
}
