import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConceptError } from '../../../../core/errors.ts';

/** A file that only this package's assets folder has. */
const LANDMARK = 'motif-bodies.txt';

/**
 * The folder with the artwork and word lists: `assets/` beside or above this module, which holds for the sources, for the
 * bundled chunks under dist/ and for the CommonJS command line.
 * @throws INVALID_CONFIG when there is none
 */
export function findAssetsDir(): string {
  for (let folder = moduleFolder(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'assets');
    if (existsSync(join(candidate, LANDMARK))) return candidate;
    if (dirname(folder) === folder) break;
  }
  throw new ConceptError('INVALID_CONFIG', 'the artwork of the built-in provider is missing', {
    hint: 'reinstall the package, or give builtinImageProvider the option assetsDir',
  });
}

/** In a CommonJS bundle `import.meta.url` is undefined, in an ES module `__dirname` is. */
function moduleFolder(): string {
  const url: string | undefined = import.meta.url;
  return url === undefined ? __dirname : dirname(fileURLToPath(url));
}
