import { ConceptError } from '../../../core/errors.ts';
import type { Connection } from './connection.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { storeCorrupt } from './translate-error.ts';

/** "CNCP" in ASCII: tells our files from those of other programs (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x434e4350;

interface FileVersion {
  readonly applicationId: number;
  readonly version: number;
  readonly tables: number;
}

/**
 * Refuses a file that is not ours or too new, before anything is changed in it.
 * @returns whether migrations are due.
 * @throws ConceptError STORE_CORRUPT, STORE_TOO_NEW
 */
export function needsMigration(connection: Connection, file: string): boolean {
  const { applicationId, version, tables } = readVersion(connection);
  const isOurs = applicationId === APPLICATION_ID;
  const isEmpty = applicationId === 0 && version === 0 && tables === 0;
  if (!isOurs && !isEmpty) throw storeCorrupt(file, 'belongs to another program');
  if (version > MIGRATIONS.length) throw tooNew(file, version);
  return version < MIGRATIONS.length;
}

/** Runs the migrations that the file has not seen, in one transaction: of several processes, the first does it. */
export function migrate(connection: Connection, file: string): void {
  connection.transaction('IMMEDIATE', () => {
    if (!needsMigration(connection, file)) return;
    for (const migration of MIGRATIONS.slice(readVersion(connection).version)) connection.exec(migration);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

function readVersion(connection: Connection): FileVersion {
  return connection.one<FileVersion>(
    `SELECT application_id AS applicationId, user_version AS version,
       (SELECT count(*) FROM sqlite_schema) AS tables
     FROM pragma_application_id, pragma_user_version`,
  )!;
}

function tooNew(file: string, version: number): ConceptError {
  const message = `the database ${file} has version ${version}, this program knows versions up to ${MIGRATIONS.length}`;
  return new ConceptError('STORE_TOO_NEW', message, {
    hint: 'update the program, or choose another data directory with CONCEPT_HOME',
  });
}
