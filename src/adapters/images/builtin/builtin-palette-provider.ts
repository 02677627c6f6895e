import { throwIfAborted } from '../../../core/abort.ts';
import type { PaletteProvider } from '../../../ports/palette-provider.ts';
import { openLibrary } from './assets/library.ts';
import { generatePalettes } from './palette/generate-palettes.ts';
import type { BuiltinProviderOptions } from './options.ts';

/**
 * Palettes derived from the words of a theme: offline, deterministic from the seed. Every palette carries roles with ink on
 * the ground at 4.5:1 or better, text on the primary colour at 4.5:1, the primary colour on the ground at 3:1, and differs
 * visibly from every other and from those in `avoid`.
 */
export function builtinPaletteProvider(options: BuiltinProviderOptions = {}): PaletteProvider {
  return {
    name: 'builtin',
    flags: { paid: false },
    generate: async (request, { signal } = {}) => {
      throwIfAborted(signal);
      const { themeDescription: theme, logoDescription: logo, count, seed, avoid = [] } = request;
      return generatePalettes({ theme, logo, count, seed, avoid }, openLibrary(options.assetsDir));
    },
  };
}
