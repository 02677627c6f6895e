import { ConceptError, toConceptError } from '../../../core/errors.ts';

export type SqlValue = string | number | null;

export interface SqliteStatement {
  run(...parameters: SqlValue[]): { readonly changes: number | bigint };
  /** The first row, or undefined. */
  get(...parameters: SqlValue[]): unknown;
  all(...parameters: SqlValue[]): unknown[];
  /** Rows as arrays from now on, in the order of the columns. */
  setReturnArrays(enabled: boolean): void;
}

/** What this store needs of a driver: the `DatabaseSync` shape of `node:sqlite`. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteDriver {
  readonly name: string;
  /** Opens, and creates when missing, a database file. */
  open(file: string): SqliteDatabase;
}

/** A driver that may be absent on this machine. */
export interface DriverCandidate {
  readonly name: string;
  load(): Promise<SqliteDriver | undefined>;
}

interface DriverModule {
  readonly DatabaseSync: new (file: string) => SqliteDatabase;
}

/**
 * Releases with the fix for the WAL-reset bug, which can corrupt a file that several processes write and checkpoint:
 * 3.51.3 and later, and the patch releases 3.50.7 and 3.44.6 of older lines (https://sqlite.org/wal.html#walresetbug).
 */
const FIRST_SAFE_VERSION = [3, 51, 3] as const;
const PATCHED_LINES: readonly (readonly [number, number, number])[] = [
  [3, 50, 7],
  [3, 44, 6],
];

/** Built into Node from 22.13; the prebuilt package has the same interface and serves older versions. */
const CANDIDATES: readonly DriverCandidate[] = [
  { name: 'node:sqlite', load: async () => fromModule('node:sqlite', loadBuiltin()) },
  {
    name: '@photostructure/sqlite',
    load: async () => fromModule('@photostructure/sqlite', await import('@photostructure/sqlite')),
  },
];

/**
 * The first driver that loads here and whose SQLite is safe for several processes.
 * @throws ConceptError STORE_UNAVAILABLE when there is none, telling what each lacks.
 */
export async function chooseDriver(candidates: readonly DriverCandidate[] = CANDIDATES): Promise<SqliteDriver> {
  const problems: string[] = [];
  for (const { name, load } of candidates) {
    try {
      const driver = await load();
      const version = driver && versionOf(driver);
      if (driver && version && isSafeVersion(version)) return driver;
      problems.push(version ? `${name} has SQLite ${version}` : `${name} is not there`);
    } catch (thrown) {
      problems.push(`${name} does not load: ${toConceptError(thrown).message.split('\n')[0]}`);
    }
  }
  throw new ConceptError('STORE_UNAVAILABLE', `no usable SQLite driver: ${problems.join('; ')}`, {
    retryable: false,
    hint: 'reinstall the package, or use a current Node.js (SQLite 3.51.3 or later is needed)',
  });
}

/** Whether this SQLite may be used by several processes on one file. */
export function isSafeVersion(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const patched = PATCHED_LINES.find((line) => line[0] === major && line[1] === minor);
  if (patched) return patch >= patched[2];
  const order = major - FIRST_SAFE_VERSION[0] || minor - FIRST_SAFE_VERSION[1] || patch - FIRST_SAFE_VERSION[2];
  return order >= 0;
}

function fromModule(name: string, module: DriverModule | undefined): SqliteDriver | undefined {
  return module && { name, open: (file) => new module.DatabaseSync(file) };
}

function versionOf(driver: SqliteDriver): string {
  const database = driver.open(':memory:');
  try {
    return (database.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version;
  } finally {
    database.close();
  }
}

/** `getBuiltinModule` rather than `import`: bundlers leave it alone, and it is undefined where the module is missing. */
function loadBuiltin(): DriverModule | undefined {
  const emitWarning = process.emitWarning;
  // Loading it on Node 22 warns that it is experimental: a remark for us, not for the user.
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!String(warning).includes('SQLite is an experimental feature')) emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return process.getBuiltinModule('node:sqlite') as DriverModule | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}
