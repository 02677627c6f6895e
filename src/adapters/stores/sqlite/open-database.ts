import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConceptError } from '../../../core/errors.ts';
import { assertLocalFileSystem, type StatFileSystem } from './file-system.ts';
import { type Connection, createConnection } from './connection.ts';
import { chooseDriver, type SqliteDriver } from './driver.ts';
import { migrate, needsMigration } from './migrate.ts';
import { retryBusy } from './retry-busy.ts';
import { translateError } from './translate-error.ts';

/**
 * `full`: a committed transaction survives a power cut. `normal`: it survives the process, a power cut may undo the last
 * moments; the file stays whole either way.
 */
export type Durability = 'full' | 'normal';

export interface OpenDatabaseOptions {
  readonly file: string;
  readonly durability: Durability;
  readonly createIfMissing: boolean;
  readonly maxLockWaitMs?: number | undefined;
  /** Tells the type of a file system; default: the operating system's answer. */
  readonly statFileSystem?: StatFileSystem | undefined;
}

export interface OpenDatabase {
  readonly connection: Connection;
  /** Name of the driver. */
  readonly driver: string;
}

/** Opens a database file ready for use: recognised, in WAL mode, migrated. See `openSqlite` for the errors. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenDatabase> {
  const { file, statFileSystem, maxLockWaitMs: maxWaitMs } = options;
  const driver = await chooseDriver();
  // Before anything is made there.
  assertLocalFileSystem(file, statFileSystem);
  const connection = openFile(driver, options);
  try {
    const isDue = await retryBusy({ file, maxWaitMs }, () => needsMigration(connection, file));
    await retryBusy({ file, maxWaitMs }, () => useWal(connection, file));
    // Before the settings: migrations replace tables that others refer to, which foreign keys would not allow.
    if (isDue) await retryBusy({ file, maxWaitMs }, () => migrate(connection, file));
    connection.exec(settings(options.durability));
    return { connection, driver: driver.name };
  } catch (thrown) {
    connection.close();
    throw translateError(thrown, file);
  }
}

/** Switches how much a commit waits for; takes effect with the next transaction. */
export function setDurability(connection: Connection, durability: Durability): void {
  connection.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
}

function openFile(driver: SqliteDriver, { file, createIfMissing }: OpenDatabaseOptions): Connection {
  if (!createIfMissing && !existsSync(file)) {
    throw new ConceptError('STORE_UNAVAILABLE', `there is no database ${file}`, {
      hint: 'submit a task first, or choose another data directory with CONCEPT_HOME',
    });
  }
  try {
    makeDirectory(dirname(file));
    const database = driver.open(file);
    database.exec('PRAGMA busy_timeout = 0; PRAGMA foreign_keys = OFF');
    return createConnection(database);
  } catch (thrown) {
    throw translateError(thrown, file);
  }
}

/** What users submit is theirs alone (XDG Base Directory Specification). */
const PRIVATE = { mode: 0o700 };

/** One level at a time: `recursive` never returns where a parent exists and takes no children (nodejs on `/proc`). */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path, PRIVATE);
  } catch (thrown) {
    // Another process may have been quicker.
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  }
}

function useWal(connection: Connection, file: string): void {
  const mode = connection.one<{ journal_mode: string }>('PRAGMA journal_mode = WAL')?.journal_mode;
  if (mode === 'wal') return;
  throw new ConceptError('STORE_UNAVAILABLE', `the file system of ${file} cannot share a database`, {
    retryable: false,
    hint: 'choose a data directory on a local disk with CONCEPT_HOME',
  });
}

/**
 * After so many pages of the log a commit moves them into the database and waits for the disk twice more: the one whose commit it
 * is waits. Workers do it early; who submits leaves it to them, and does it late where there are none.
 */
const LOG_PAGES = { worker: 1_000, others: 4_000 } as const;

/** From here on this connection keeps the log short, as a worker does. */
export function keepLogShort(connection: Connection): void {
  connection.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES.worker}`);
}

/** Measured: 16 MB of cache pays with large transactions; more of it, memory mapping or larger pages do not. */
function settings(durability: Durability): string {
  return `
    PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'};
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16000;
    PRAGMA wal_autocheckpoint = ${LOG_PAGES.others};
    PRAGMA journal_size_limit = 67108864;
  `;
}
