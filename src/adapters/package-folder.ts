import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A folder of this package beside or above this module, which holds for the sources, for the bundled chunks under dist/ and for the
 * CommonJS command line.
 * @param landmark a file that only this package's folder of that name has.
 * @returns undefined when there is none.
 */
export function findPackageFolder(name: string, landmark: string): string | undefined {
  for (let folder = moduleFolder(); ; folder = dirname(folder)) {
    const candidate = join(folder, name);
    if (existsSync(join(candidate, landmark))) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

/** In a CommonJS bundle `import.meta.url` is undefined, in an ES module `__dirname` is. */
function moduleFolder(): string {
  const url: string | undefined = import.meta.url;
  return url === undefined ? __dirname : dirname(fileURLToPath(url));
}
