import { ConceptError } from '../../../../core/errors.ts';
import { findPackageFolder } from '../../../package-folder.ts';

/** A file that only this package's assets folder has. */
const LANDMARK = 'motif-bodies.txt';

/** The folder with the artwork and word lists. @throws INVALID_CONFIG when there is none */
export function findAssetsDir(): string {
  const folder = findPackageFolder('assets', LANDMARK);
  if (folder !== undefined) return folder;
  throw new ConceptError('INVALID_CONFIG', 'the artwork of the built-in provider is missing', {
    hint: 'reinstall the package, or give builtinImageProvider the option assetsDir',
  });
}
