import { cpSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PostgresPrograms } from './find-postgres.ts';

/** A link that the package describes in a file, as packages cannot carry links. */
interface PackagedLink {
  readonly source: string;
  readonly target: string;
}

/**
 * Programs that can be run as they lie, else a copy of them below `folder`. Those of the package lack the links to their
 * libraries where no install script has run, and may lie where only this user can read.
 */
export function usablePrograms(programs: PostgresPrograms, folder: string, runAsOther: boolean): PostgresPrograms {
  if (programs.kind === 'installed') return programs;
  const root = dirname(dirname(dirname(programs.postgres)));
  const links = packagedLinks(root);
  const isWhole = links.every(({ target }) => existsSync(join(root, target)));
  if (isWhole && (!runAsOther || isOpenToAll(root))) return programs;
  cpSync(join(root, 'native'), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links) {
    const link = join(folder, target);
    // Links lie beside what they lead to.
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  const bin = join(folder, 'native', 'bin');
  return { ...programs, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function packagedLinks(root: string): readonly PackagedLink[] {
  const file = join(root, 'native', 'pg-symlinks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PackagedLink[]) : [];
}

/** Whether every folder on the way lets other users pass. */
export function isOpenToAll(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (dirname(folder) === folder || isOpenToAll(dirname(folder)));
}
